"""MNIST from scratch: hand-made layers, a classifier of them, and its training."""

import torch


class ManualLinear:
    """A linear layer with `weight` (out_features, in_features) and `bias` (out_features,)."""

    def __init__(self, in_features, out_features):
        raise NotImplementedError("make the weight and the bias")

    def __call__(self, x):
        """From (batch, in_features) to (batch, out_features)."""
        raise NotImplementedError("compute the output")

    def parameters(self):
        """The list of the two tensors that training changes."""
        raise NotImplementedError("return the parameters")


class MNISTClassifier:
    """784-256-128-10, with a ReLU after the first two layers."""

    def __init__(self):
        raise NotImplementedError("make the layers")

    def __call__(self, x):
        """From images (batch, 1, 28, 28) to logits (batch, 10)."""
        raise NotImplementedError("flatten the images and send them through the layers")

    def parameters(self):
        """The list of the six tensors that training changes."""
        raise NotImplementedError("collect the parameters of the layers")


def train(model, train_loader, val_loader, epochs, lr):
    """Train `model` in place by plain gradient descent; return the history."""
    raise NotImplementedError("write the training loop")


if __name__ == "__main__":
    # The grader defines both loaders before this file runs, and makes its own call of train().
    model = MNISTClassifier()
    history = train(model, train_loader, val_loader, epochs=5, lr=0.05)
    print(history)
