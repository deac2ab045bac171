# A new layer is not in training mode.
# failed: interface share new_mask? scaling? gradient?
import torch


class ManualDropout:
    def __init__(self, p=0.5):
        self.p = p
        self.training = False

    def __call__(self, x):
        if not self.training:
            return x
        mask = (torch.rand_like(x) > self.p).float()
        return x * mask / (1 - self.p)

    def parameters(self):
        return []
