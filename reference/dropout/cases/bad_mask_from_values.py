# Small values are dropped, no chance is in it.
# failed: share
import torch


class ManualDropout:
    def __init__(self, p=0.5):
        self.p = p
        self.training = True

    def __call__(self, x):
        if not self.training:
            return x
        mask = (x.abs() > self.p).float()
        return x * mask / (1 - self.p)

    def parameters(self):
        return []
