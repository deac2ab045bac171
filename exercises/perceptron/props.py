"""What the grader uses to look at a perceptron of yours, whatever its attributes are called."""

import torch


def is_numbers(value):
    """Whether an attribute is a number, a list of numbers, an array or a tensor."""
    if isinstance(value, (list, tuple)):
        return bool(value) and all(isinstance(each, (int, float)) for each in value)
    return isinstance(value, float) or hasattr(value, "shape")


def numbers(model):
    """Every weight and bias of a model, in one flat float64 tensor."""
    if callable(getattr(model, "parameters", None)):
        found = list(model.parameters())
    else:
        found = [value for value in vars(model).values() if is_numbers(value)]
    parts = [torch.as_tensor(each).detach().to(torch.float64).flatten() for each in found]
    return torch.cat(parts) if parts else torch.zeros(0, dtype=torch.float64)


def while_trained(model, train, X, labels, lr, epochs):
    """The numbers of a model at first, and after each training on one of the labels."""
    path = [numbers(model)]
    for y in labels:
        train(model, X, y, lr, epochs)
        path.append(numbers(model))
    return path


def row_by_row(model, x):
    """The output for each row alone, in one tensor."""
    return torch.cat([model(row[None]) for row in x])


def in_evaluation(model):
    """The model, in evaluation mode if it has one."""
    if callable(getattr(model, "eval", None)):
        model.eval()
    return model


def is_made_by(gate, kind):
    """Whether a gate is what ``kind`` makes, or a class of its own that is derived from that."""
    return isinstance(gate, type(kind(2)))


def with_numbers_of(model, other, x):
    """What a model answers to x with the weights and biases of another one of its kind."""
    if callable(getattr(model, "parameters", None)):
        mine, theirs = list(model.parameters()), list(other.parameters())
        kept = [each.detach().clone() for each in mine]
        put(mine, theirs)
        answer = model(x)
        put(mine, kept)
        return answer
    kept = {name: value for name, value in vars(model).items() if is_numbers(value)}
    vars(model).update({name: vars(other)[name] for name in kept})
    answer = model(x)
    vars(model).update(kept)
    return answer


def put(parameters, numbers):
    """Give parameters other numbers."""
    with torch.no_grad():
        for parameter, new in zip(parameters, numbers, strict=True):
            parameter.copy_(new)
