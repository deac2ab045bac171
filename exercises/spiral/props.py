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


def with_numbers_of(model, other, x):
    """What a model answers to x with the parameters of another one; None if they don't fit."""
    mine, theirs = list(model.parameters()), list(other.parameters())
    if [p.shape for p in mine] != [p.shape for p in theirs]:
        return None
    kept = [p.detach().clone() for p in mine]
    put(mine, theirs)
    answer = model(x)
    put(mine, kept)
    return answer


def put(parameters, numbers):
    """Give parameters other numbers."""
    with torch.no_grad():
        for parameter, new in zip(parameters, numbers, strict=True):
            parameter.copy_(new)
