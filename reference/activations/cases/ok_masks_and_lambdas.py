# Masks, lambdas and torch.special; the newer form of autograd.Function with setup_context.
import torch
from torch.distributions import Normal

sigmoid = lambda x: torch.special.expit(x)
tanh = lambda x: torch.sinh(x.clamp(-20, 20)) / torch.cosh(x.clamp(-20, 20))
relu = lambda x: x * (x > 0)
leaky_relu = lambda x, slope=0.01: x * (x > 0) + slope * x * (x <= 0)
softmax = lambda x, dim=-1: torch.exp(x - torch.logsumexp(x, dim, keepdim=True))
gelu = lambda x: x * torch.special.ndtr(x)
swish = lambda x: x * sigmoid(x)
mish = lambda x: x * torch.tanh(torch.logaddexp(x, torch.zeros_like(x)))


def elu(x):
    result = x.clone()
    below = x < 0
    result[below] = torch.exp(x[below]) - 1
    return result


class SwishFunction(torch.autograd.Function):
    @staticmethod
    def forward(x):
        return x * sigmoid(x)

    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.x = inputs[0].detach()

    @staticmethod
    def backward(ctx, grad_output):
        x = ctx.x.clone().requires_grad_()
        with torch.enable_grad():
            y = (x * sigmoid(x)).sum()
        (slope,) = torch.autograd.grad(y, x)
        return grad_output * slope
