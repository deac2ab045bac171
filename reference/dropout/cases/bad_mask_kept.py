# The mask is drawn once for each shape.
# failed: new_mask
import torch


class ManualDropout:
    def __init__(self, p=0.5):
        self.p = p
        self.training = True

    def __call__(self, x):
        if not self.training:
            return x
        self.masks = getattr(self, "masks", {})
        if x.shape not in self.masks:
            self.masks[x.shape] = (torch.rand_like(x) > self.p).float()
        mask = self.masks[x.shape]
        return x * mask / (1 - self.p)

    def parameters(self):
        return []
