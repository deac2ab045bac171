# The default is 0.2.
# failed: share
import torch


class ManualDropout:
    def __init__(self, p=0.2):  # here
        self.p = p
        self.training = True

    def __call__(self, x):
        if not self.training:
            return x
        mask = (torch.rand_like(x) > self.p).float()
        return x * mask / (1 - self.p)

    def parameters(self):
        return []
