"""Reference solution of `manual_layers` (lesson 1.3 §2): a linear layer and a ReLU."""

import math

import torch


class ManualLinear:
    """A linear layer, y = x Wᵀ + b.

    weight: (out_features, in_features), one row for each output.
    bias: (out_features,).
    """

    def __init__(self, in_features, out_features):
        # Each output adds up in_features products, so the weights shrink as their number grows.
        # The 2 makes up for the ReLU that follows and sets half of the outputs to 0.
        std = math.sqrt(2.0 / in_features)

        # First the values, then the wish for gradients. The other way round, as in
        # `torch.randn(..., requires_grad=True) * std`, the weight would be a *product* that
        # autograd computed: no leaf, so its .grad would stay None for ever.
        self.weight = (torch.randn(out_features, in_features) * std).requires_grad_()
        self.bias = torch.zeros(out_features, requires_grad=True)

    def __call__(self, x):
        """Maps x (batch, in_features) -> (batch, out_features)."""
        # (batch, in) @ (in, out) -> (batch, out); the bias (out,) is added to every row.
        return x @ self.weight.T + self.bias

    def parameters(self):
        """What training changes."""
        return [self.weight, self.bias]


class ManualReLU:
    """The rectifier, max(0, x), for each number on its own."""

    def __call__(self, x):
        """Maps x of any shape -> a new tensor of the same shape."""
        return x.clamp(min=0)

    def parameters(self):
        """There is nothing to train."""
        return []
