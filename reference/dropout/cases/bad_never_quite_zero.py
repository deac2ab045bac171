# p is kept between 0.05 and 0.95.
# failed: p_zero
import torch


class ManualDropout:
    def __init__(self, p=0.5):
        self.p = min(max(p, 0.05), 0.95)
        self.training = True

    def __call__(self, x):
        if not self.training:
            return x
        mask = (torch.rand_like(x) > self.p).float()
        return x * mask / (1 - self.p)

    def parameters(self):
        return []
