"""What the grader uses to look at a network of yours."""

import random

import numpy as np
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


def ends_with_gaps(make, train, x, y, rows, epochs):
    """The numbers after a training, then after one for each row that isn't a number at that row.

    None for one that raised.
    """
    whole = end(make, train, x, y, epochs)
    return [whole, *(end_or_none(make, train, with_gap(x, row), y, epochs) for row in rows)]


def end(make, train, x, y, epochs):
    """The numbers of a new model after a training, always from the same seed."""
    random.seed(0)
    np.random.seed(0)
    torch.manual_seed(0)
    model = make()
    train(model, x, y, epochs)
    return torch.cat([value.flatten() for value in values(model)])


def end_or_none(*args):
    """The same, or None where it raised: who looks at all rows may refuse one."""
    try:
        return end(*args)
    except Exception:
        return None


def with_gap(x, row):
    """Points of which one is nowhere."""
    x = x.clone()
    x[row] = float("nan")
    return x
