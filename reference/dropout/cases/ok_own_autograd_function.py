# An autograd.Function keeps the mask for its backward; a property holds the mode.
import torch


class _Drop(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, p):
        mask = torch.empty(x.shape, dtype=x.dtype).uniform_().ge(p).to(x.dtype).div(1 - p)
        ctx.save_for_backward(mask)
        return x * mask

    @staticmethod
    def backward(ctx, grad):
        (mask,) = ctx.saved_tensors
        return grad * mask, None


class ManualDropout:
    def __init__(self, p=0.5):
        self.p = p
        self._mode = True

    @property
    def training(self):
        return self._mode

    @training.setter
    def training(self, mode):
        self._mode = bool(mode)

    def __call__(self, x):
        return _Drop.apply(x, self.p) if self.training else x

    def parameters(self):
        return []
