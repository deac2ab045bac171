"""What the grader asks about the functions, answered where they live."""

import inspect

from torch.autograd import Function


def softmax(function, x):
    """Its value along the last dimension, whether or not it has a default for the dimension."""
    try:
        parameters = list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):
        parameters = []
    plain = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    needed = [p for p in parameters if p.kind in plain and p.default is inspect.Parameter.empty]
    return function(x, -1) if len(needed) > 1 else function(x)


def is_function(value):
    """Whether the value is a class of torch.autograd.Function."""
    return isinstance(value, type) and issubclass(value, Function)
