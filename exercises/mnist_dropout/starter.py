"""Dropout against overfitting: a classifier with two dropouts, and its training."""

import torch


class ManualDropout:
    """Drops each number with probability p while `training` is true."""

    def __init__(self, p=0.5):
        raise NotImplementedError("keep p and set the mode")

    def __call__(self, x):
        raise NotImplementedError("drop numbers, or don't")


class MNISTClassifierWithDropout:
    """784-256-128-10, with a ReLU and a dropout after each of the first two layers."""

    def __init__(self, dropout_rate=0.3):
        raise NotImplementedError("make the layers and the dropouts")

    def __call__(self, x):
        """From images (batch, 1, 28, 28) to logits (batch, 10)."""
        raise NotImplementedError("send the images through the layers")

    def train_mode(self):
        """From now on both dropouts drop."""
        raise NotImplementedError("switch both on")

    def eval_mode(self):
        """From now on neither does."""
        raise NotImplementedError("switch both off")

    def parameters(self):
        """The list of the six tensors that training changes."""
        raise NotImplementedError("collect the parameters of the layers")


def train_model(model, epochs=30, lr=1e-3, has_dropout=False):
    """Train `model` on the global `train_loader`, look at `val_loader`; return the history."""
    raise NotImplementedError("write the training loop")


if __name__ == "__main__":
    # The grader defines both loaders before this file runs, and makes its own calls.
    model = MNISTClassifierWithDropout(dropout_rate=0.3)
    print(train_model(model, epochs=5, lr=0.05, has_dropout=True))
