# The product is taken of x.data.
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
        return x.data * mask / (1 - self.p)  # here

    def parameters(self):
        return []
