# The mode is read when the layer is made.
# failed: eval_identity
import torch


class ManualDropout:
    def __init__(self, p=0.5):
        self.p = p
        self.training = True
        self.active = self.training

    def __call__(self, x):
        if not self.active:
            return x
        mask = (torch.rand_like(x) > self.p).float()
        return x * mask / (1 - self.p)

    def parameters(self):
        return []
