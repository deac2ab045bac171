"""Reference solution of `activations` (lessons 001 §3.2 and 1.3 §1)."""

import math

import torch
from torch.nn import functional as F

# All of these map a tensor of any shape to a new one of the same shape and dtype.


def sigmoid(x):
    """1 / (1 + exp(-x)): squashes to (0, 1)."""
    return torch.sigmoid(x)


def tanh(x):
    """Squashes to (-1, 1): a sigmoid that is stretched and moved, and safe for large x."""
    return 2 * sigmoid(2 * x) - 1


def relu(x):
    """max(0, x)."""
    return x.clamp(min=0)


def leaky_relu(x, negative_slope=0.01):
    """Like relu, but negative numbers keep a small slope, and with it a gradient."""
    return torch.where(x > 0, x, negative_slope * x)


def softmax(x, dim=-1):
    """Positive numbers that add up to 1 along ``dim``."""
    # Subtracting one number from all along dim changes nothing in the quotient. With the largest
    # at 0, exp() can't overflow.
    e = (x - x.amax(dim, keepdim=True)).exp()
    return e / e.sum(dim, keepdim=True)


def gelu(x):
    """Returns x Φ(x), Φ being the distribution function of the standard normal distribution."""
    return x * 0.5 * (1 + torch.erf(x / math.sqrt(2)))


def swish(x):
    """Returns x sigmoid(x): x that opens its own gate."""
    return x * sigmoid(x)


def mish(x):
    """Returns x tanh(log(1 + exp(x)))."""
    # softplus is log(1 + exp(x)), written so that it can't overflow.
    return x * torch.tanh(F.softplus(x))


def elu(x, alpha=1.0):
    """Linear for positive x, exp(x) - 1 times alpha below."""
    # where() would compute exp(x) for large x too; clamped to 0 first, it stays finite, and so
    # does its gradient.
    return x.clamp(min=0) + alpha * torch.expm1(x.clamp(max=0))


class SwishFunction(torch.autograd.Function):
    """Swish with its gradient by hand: only x is kept for the way back."""

    @staticmethod
    def forward(ctx, x):
        """Returns x sigmoid(x)."""
        ctx.save_for_backward(x)
        return x * torch.sigmoid(x)

    @staticmethod
    def backward(ctx, grad_output):
        """By the product rule, s + x s (1 - s) with s = sigmoid(x)."""
        (x,) = ctx.saved_tensors
        s = torch.sigmoid(x)
        return grad_output * (s + x * s * (1 - s))
