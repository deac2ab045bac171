# The ReLU writes into its input.
# failed: relu
import math
import torch


class ManualLinear:
    def __init__(self, in_features, out_features):
        std = math.sqrt(2.0 / in_features)
        self.weight = (torch.randn(out_features, in_features) * std).requires_grad_()
        self.bias = torch.zeros(out_features, requires_grad=True)

    def __call__(self, x):
        return x @ self.weight.T + self.bias

    def parameters(self):
        return [self.weight, self.bias]


class ManualReLU:
    def __call__(self, x):
        x[x < 0] = 0  # here
        return x

    def parameters(self):
        return []
