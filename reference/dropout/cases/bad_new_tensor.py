# The output is made from the values, without a graph.
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
        return torch.tensor((x * mask / (1 - self.p)).tolist(), dtype=x.dtype)

    def parameters(self):
        return []
