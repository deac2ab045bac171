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


def before_and_after(model, train, *arguments):
    """The numbers of a model before and after it was trained by the function."""
    before = numbers(model)
    train(model, *arguments)
    return before, numbers(model)
