# A fixed number of places is drawn, so that the places don't fall independently.
# failed: new_mask
import torch


class ManualDropout:
    def __init__(self, p=0.5):
        self.p = p
        self.training = True

    def __call__(self, x):
        if not self.training:
            return x
        mask = torch.ones(x.numel(), dtype=x.dtype)
        mask[torch.randperm(x.numel())[: round(self.p * x.numel())]] = 0
        return x * mask.view_as(x) / (1 - self.p)

    def parameters(self):
        return []
