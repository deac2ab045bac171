"""Build a linear layer and a ReLU: write the bodies of the two classes."""

import math

import torch


class ManualLinear:
    """A linear layer: x Wᵀ + b."""

    def __init__(self, in_features, out_features):
        """Make `weight` (out_features, in_features) and `bias` (out_features,)."""
        raise NotImplementedError("make the weight and the bias")

    def __call__(self, x):
        """x (batch, in_features) -> (batch, out_features)."""
        raise NotImplementedError("compute the output")

    def parameters(self):
        """Return the list of the two tensors that training changes."""
        raise NotImplementedError("return the parameters")


class ManualReLU:
    """The rectifier: negative numbers become 0."""

    def __call__(self, x):
        """x of any shape -> the same shape; x itself is not changed."""
        raise NotImplementedError("compute the output")

    def parameters(self):
        """Return an empty list: there is nothing to train."""
        raise NotImplementedError("return the parameters")
