# The factor is that of the share that happens to stay.
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
        return x * mask / mask.mean()

    def parameters(self):
        return []
