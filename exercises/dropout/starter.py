"""Dropout from scratch: write the bodies."""

import torch


class ManualDropout:
    """Drops each number with probability p while training."""

    def __init__(self, p=0.5):
        """Keep p, and begin in training mode."""
        raise NotImplementedError("keep p and set the mode")

    def __call__(self, x):
        """x of any shape -> the same shape and dtype."""
        raise NotImplementedError("drop numbers, or don't")

    def parameters(self):
        """Return an empty list: there is nothing to train."""
        raise NotImplementedError("return the parameters")
