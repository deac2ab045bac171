"""What the grader uses to see whether gradients reach a network of yours."""

import torch


def without_gradient(model):
    """The names of the parameters that no gradient reaches, and how many parameters there are."""
    output = model(torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]))
    parameters = dict(model.named_parameters())
    if parameters and output.requires_grad:
        output.sum().backward()
    return [name for name, value in parameters.items() if value.grad is None], len(parameters)


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
