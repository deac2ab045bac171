# The input is multiplied in place.
# failed: scaling
import torch


class ManualDropout:
    def __init__(self, p=0.5):
        self.p = p
        self.training = True

    def __call__(self, x):
        if not self.training:
            return x
        mask = (torch.rand_like(x) > self.p).float()
        x *= mask
        return x / (1 - self.p)

    def parameters(self):
        return []
