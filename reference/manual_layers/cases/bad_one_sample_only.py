# The output is computed for the first sample alone, by a matrix and a vector.
# failed: trainable forward
import math
import torch


class ManualLinear:
    def __init__(self, in_features, out_features):
        self.weight = (torch.randn(out_features, in_features) * math.sqrt(2 / in_features)).requires_grad_()
        self.bias = torch.zeros(out_features, requires_grad=True)

    def __call__(self, x):
        return self.weight @ x + self.bias

    def parameters(self):
        return [self.weight, self.bias]


class ManualReLU:
    def __call__(self, x):
        return torch.relu(x)

    def parameters(self):
        return []
