# What is dropped becomes a small number.
# failed: share
import torch


class ManualDropout:
    def __init__(self, p=0.5):
        self.p = p
        self.training = True

    def __call__(self, x):
        if not self.training:
            return x
        mask = (torch.rand_like(x) > self.p).float()
        return x * mask.clamp(min=1e-3) / (1 - self.p)

    def parameters(self):
        return []
