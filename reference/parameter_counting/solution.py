"""Reference solution of `parameter_counting` (lessons 003 §6.1, 002, 004)."""

from itertools import pairwise


def count_params(sizes):
    """The number of weights and biases of a fully connected network of these layer sizes."""
    total = 0
    for n, m in pairwise(sizes):
        total += n * m  # one weight for each pair of neurons
        total += m  # one bias for each neuron of the later layer; inputs have none
    return total


def count_parameters(model):
    """How many numbers of `model`, a torch.nn.Module, training would change."""
    # parameters() walks through all layers, however deep, and gives a shared parameter once.
    # Buffers are not among them; frozen parameters are, and must be left out.
    return sum(p.numel() for p in model.parameters() if p.requires_grad)
