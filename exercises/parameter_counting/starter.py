"""Count what a network learns: from its layer sizes, and from the model itself."""

import torch


def count_params(sizes):
    """The number of weights and biases of a fully connected network.

    sizes  [inputs, hidden, ..., outputs], at least two whole numbers
    """
    raise NotImplementedError("write count_params")


def count_parameters(model):
    """How many numbers of `model`, a torch.nn.Module, training would change."""
    raise NotImplementedError("write count_parameters")
