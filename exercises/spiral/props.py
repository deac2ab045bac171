"""What the grader uses to look at a network of yours."""

import torch


def shapes(model):
    """The shape of every parameter, in the order in which the module gives them."""
    return [tuple(parameter.shape) for parameter in model.parameters()]


def values(model):
    """The numbers of every parameter, in the same order."""
    return [parameter.detach().clone() for parameter in model.parameters()]


def scale(model, factor):
    """Multiply every parameter by a factor."""
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.mul_(factor)
