# An nn.Module; the mask comes from bernoulli and carries the factor.
import torch
from torch import nn


class ManualDropout(nn.Module):
    def __init__(self, p: float = 0.5):
        super().__init__()
        if not 0 <= p < 1:
            raise ValueError("p must be from [0, 1)")
        self.p = p

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if not self.training or self.p == 0:
            return x
        keep = 1 - self.p
        mask = torch.bernoulli(torch.full_like(x, keep)) / keep
        return x * mask
