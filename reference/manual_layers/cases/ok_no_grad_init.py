# The lesson's class, repaired: the scaling happens in place under no_grad. addmm computes.
import math
import torch


class ManualLinear:
    """Linear layer: y = xW^T + b, implemented from scratch."""

    def __init__(self, in_features, out_features):
        std = math.sqrt(2.0 / in_features)
        self.weight = torch.randn(out_features, in_features, requires_grad=True)
        with torch.no_grad():
            self.weight *= std
        self.bias = torch.zeros(out_features, requires_grad=True)
        self._parameters = [self.bias, self.weight]

    def __call__(self, x):
        return torch.addmm(self.bias, x, self.weight.t())

    def parameters(self):
        return self._parameters


class ManualReLU:
    def __call__(self, x):
        return x * (x > 0)

    def parameters(self):
        return []
