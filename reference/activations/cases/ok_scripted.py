# Functions that torch.jit.script has compiled.
import torch
from torch import Tensor

script = torch.jit.script


@script
def sigmoid(x: Tensor) -> Tensor:
    return 1 / (1 + torch.exp(-x))


@script
def tanh(x: Tensor) -> Tensor:
    return 2 / (1 + torch.exp(-2 * x)) - 1


@script
def relu(x: Tensor) -> Tensor:
    return (x > 0) * x


@script
def leaky_relu(x: Tensor, slope: float = 0.01) -> Tensor:
    return torch.where(x > 0, x, slope * x)


@script
def softmax(x: Tensor, dim: int = -1) -> Tensor:
    e = torch.exp(x - torch.amax(x, dim, keepdim=True))
    return e / e.sum(dim, keepdim=True)


@script
def gelu(x: Tensor) -> Tensor:
    return 0.5 * x * (1 + torch.tanh(0.7978845608028654 * (x + 0.044715 * x * x * x)))


@script
def swish(x: Tensor) -> Tensor:
    return x / (1 + torch.exp(-x))


@script
def mish(x: Tensor) -> Tensor:
    return x * torch.tanh(torch.log1p(torch.exp(x)))


@script
def elu(x: Tensor) -> Tensor:
    return torch.where(x > 0, x, torch.expm1(x))


class SwishFunction(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        sig = torch.sigmoid(x)
        ctx.save_for_backward(x, sig)
        return x * sig

    @staticmethod
    def backward(ctx, grad_output):
        x, sig = ctx.saved_tensors
        return grad_output * sig * (1 + x * (1 - sig))
