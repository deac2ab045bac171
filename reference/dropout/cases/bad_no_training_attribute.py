# The mode is kept under another name.
# failed: interface eval_identity
import torch


class ManualDropout:
    def __init__(self, p=0.5):
        self.p = p
        self.train_mode = True

    def __call__(self, x):
        if not self.train_mode:
            return x
        mask = (torch.rand_like(x) > self.p).float()
        return x * mask / (1 - self.p)

    def parameters(self):
        return []
