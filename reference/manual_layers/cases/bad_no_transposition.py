# The transposition is missing: only square layers run, and give the wrong numbers.
# failed: trainable forward
import math
import torch


class ManualLinear:
    def __init__(self, in_features, out_features):
        std = math.sqrt(2.0 / in_features)
        self.weight = (torch.randn(out_features, in_features) * std).requires_grad_()
        self.bias = torch.zeros(out_features, requires_grad=True)

    def __call__(self, x):
        return x @ self.weight + self.bias  # here

    def parameters(self):
        return [self.weight, self.bias]


class ManualReLU:
    def __call__(self, x):
        return x.clamp(min=0)

    def parameters(self):
        return []
