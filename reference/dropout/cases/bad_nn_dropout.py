# An nn.Dropout inside, its mode set by the call.
# failed: by_hand
import torch
from torch import nn


class ManualDropout:
    def __init__(self, p=0.5):
        self.layer = nn.Dropout(p)
        self.training = True

    def __call__(self, x):
        self.layer.train(self.training)
        return self.layer(x)

    def parameters(self):
        return list(self.layer.parameters())
