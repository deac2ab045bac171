"""Looking at a model, filling it with numbers, and running it once."""

import torch
from torch import nn
from torch.nn.parameter import is_lazy


def shapes(model, *example):
    """Name and shape of every parameter, in the order of registration.

    Lazy layers have none before their first call; they are called with the example.
    """
    if not isinstance(model, nn.Module):
        return None
    if any(is_lazy(p) for p in model.parameters()):
        with torch.no_grad():
            model(*(example or own_example(model)))
    return [(name, tuple(p.shape)) for name, p in model.named_parameters()]


def own_example(model):
    """Two samples of the width that a stack of lazy layers gives, and the number of its layers."""
    layers = [m for m in model.modules() if isinstance(m, nn.Linear)]
    return torch.zeros(2, layers[0].out_features), len(layers)


def fill(model, values):
    """Put `values` into the parameters, in the same order; in double precision if they are."""
    model.to(values[0].dtype)
    with torch.no_grad():
        for p, value in zip(model.parameters(), values, strict=True):
            p.copy_(value)
            p.grad = None


def run(model, inputs, weights, *more):
    """Outputs, and the gradients of their sum weighted by `weights`: of inputs and parameters.

    Each layer that holds parameters of its own and was called is counted.
    """
    inputs = [x.detach().clone().requires_grad_() for x in inputs]
    called = []
    layers = [m for m in model.modules() if m is not model and list(m.parameters(recurse=False))]
    hooks = [m.register_forward_hook(lambda *_: called.append(1)) for m in layers]
    try:
        result = model(*inputs, *more)
    finally:
        for hook in hooks:
            hook.remove()
    outputs = list(result) if isinstance(result, (tuple, list)) else [result]
    told = {"outputs": outputs, "calls": len(called), "layers": len(layers)}
    if weights is None or [_shape(o) for o in outputs] != [tuple(w.shape) for w in weights]:
        return told
    sum((o * w).sum() for o, w in zip(outputs, weights, strict=True)).backward()
    told["inputs"] = [x.grad for x in inputs]
    told["parameters"] = [p.grad for p in model.parameters()]
    return told


def _shape(output):
    return tuple(output.shape) if isinstance(output, torch.Tensor) else None
