"""What the grader uses to look at a network of yours."""

import torch


def shapes(model):
    """The shape of every parameter, in the order in which the module gives them."""
    return [tuple(parameter.shape) for parameter in model.parameters()]


def values(model):
    """The numbers of every parameter, in the same order."""
    return [parameter.detach().clone() for parameter in model.parameters()]


def scale(model, factor):
    """Multiply every parameter by a factor; how many parameters there are."""
    parameters = list(model.parameters())
    with torch.no_grad():
        for parameter in parameters:
            parameter.mul_(factor)
    return len(parameters)


def ends(model, x, fills):
    """The smallest and the largest output for x over so many networks of random weights."""
    outputs = []
    with torch.no_grad():
        for _ in range(fills):
            for parameter in model.parameters():
                parameter.normal_()
            outputs.append(model(x))
    outputs = torch.cat(outputs)
    return [float(outputs.min()), float(outputs.max())]
