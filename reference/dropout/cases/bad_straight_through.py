# Gradients pass as if nothing had been dropped.
# failed: gradient
import torch


class ManualDropout:
    def __init__(self, p=0.5):
        self.p = p
        self.training = True

    def __call__(self, x):
        if not self.training:
            return x
        mask = (torch.rand_like(x) > self.p).float()
        out = x * mask / (1 - self.p)
        return x + (out - x).detach()

    def parameters(self):
        return []
