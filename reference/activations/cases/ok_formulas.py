# Formulas with exp, careful where they must be; softmax wants its dimension; GELU by tanh.
import math
import torch


def sigmoid(x):
    return 1 / (1 + torch.exp(-x))


def tanh(x):
    small = torch.exp(-2 * x.abs())
    return torch.sign(x) * (1 - small) / (1 + small)


def relu(x):
    return torch.maximum(x, torch.zeros_like(x))


def leaky_relu(x):
    return torch.maximum(x, 0.01 * x)


def softmax(x, dim):
    shifted = x - x.max(dim=dim, keepdim=True).values
    e = torch.exp(shifted)
    return e / e.sum(dim=dim, keepdim=True)


def gelu(x):
    return 0.5 * x * (1 + torch.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x ** 3)))


def swish(x):
    return x / (1 + torch.exp(-x))


def mish(x):
    return x * torch.tanh(torch.log(1 + torch.exp(x)))


def elu(x, alpha=1.0):
    return torch.where(x > 0, x, alpha * torch.expm1(x))


class SwishFunction(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        s = 1 / (1 + torch.exp(-x))
        ctx.save_for_backward(s, x * s)
        return x * s

    @staticmethod
    def backward(ctx, grad):
        s, y = ctx.saved_tensors
        return grad * (y + s * (1 - y))
