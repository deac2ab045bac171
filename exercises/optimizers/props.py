"""Problems to minimise; the grader has the same on its own side."""

import inspect
from dataclasses import dataclass

import torch


@dataclass
class Problem:
    """A loss, where its parameters start, and what they are compared with."""

    loss: str
    start: list
    data: list


def valley(params, data):
    """One bowl for each parameter, steeper in some directions than in others."""
    bowls = zip(params, data, strict=True)
    return sum((steep * (p - lowest) ** 2).sum() / 2 for p, (steep, lowest) in bowls)


def network(params, data):
    """The mean squared error of a small network; the last parameter has a gradient of zeros."""
    (w1, b1, w2, idle), (x, y) = params, data
    return ((torch.tanh(x @ w1 + b1) @ w2 - y) ** 2).mean() + (idle * 0).sum()


LOSSES = {"valley": valley, "network": network}


def build(kind, params, settings):
    """`kind(params, ...)`: by keyword where it takes these names, else in order."""
    try:
        known = inspect.signature(kind).parameters
    except (TypeError, ValueError):
        known = {}
    any_name = any(each.kind is each.VAR_KEYWORD for each in known.values())
    if any_name or all(name in known for name in settings):
        return kind(params, **settings)
    return kind(params, *settings.values())


def leaves(values):
    """Parameters that start at `values`."""
    return [value.detach().clone().requires_grad_() for value in values]


def minimise(kind, settings, problem, steps, *, clear="none", give=list, every=1):
    """Where the parameters are after each `every`-th of `steps` steps.

    `clear` says how gradients go.
    """
    params = leaves(problem.start)
    optimizer = build(kind, give(params), settings)
    path = []
    for step in range(1, steps + 1):
        for p in params:
            if clear == "none" or p.grad is None:
                p.grad = None
            else:
                p.grad.zero_()
        LOSSES[problem.loss](params, problem.data).backward()
        optimizer.step()
        if step % every == 0:
            path.append([p.detach().clone() for p in params])
    return path


def generator(params):
    """What `model.parameters()` gives: it can be gone through once."""
    return (p for p in params)


def feed(kind, settings, start, grads):
    """Where the parameters are after each step, given the gradients of each; None is none."""
    params = leaves(start)
    optimizer = build(kind, params, settings)
    path = []
    for step in grads:
        for p, grad in zip(params, step, strict=True):
            p.grad = None if grad is None else grad.clone()
        optimizer.step()
        path.append([p.detach().clone() for p in params])
    return path


class Bench:
    """An optimizer over parameters that can be looked at from outside."""

    def __init__(self, kind, settings, problem, *, give=list, idle=False):
        self.problem = problem
        self.used = leaves(problem.start)
        # One that never gets a gradient.
        self.params = [torch.ones(2, requires_grad=True), *self.used] if idle else self.used
        self.optimizer = build(kind, give(self.params), settings)

    def backward(self):
        """One backward pass."""
        LOSSES[self.problem.loss](self.used, self.problem.data).backward()

    def steps(self, count):
        """Take some steps, clearing the gradients without the optimizer; gives the bench back."""
        for _ in range(count):
            for p in self.params:
                p.grad = None
            self.backward()
            self.optimizer.step()
        return self

    def clearing(self):
        """What `zero_grad()` leaves of values and gradients, and the gradients before and after."""
        told = {"before": self.values()}
        self.optimizer.zero_grad()  # there is no gradient yet
        self.backward()
        told["first"] = self.gradients()
        self.optimizer.zero_grad()
        told |= {"left": self.gradients(), "after": self.values()}
        self.backward()
        return {**told, "again": self.gradients()}

    def left(self):
        """The gradients after a step and `zero_grad()`."""
        self.backward()
        self.optimizer.step()
        self.optimizer.zero_grad()
        return self.gradients()

    def gradients(self):
        """The gradients as they are; None where there is none."""
        grads = [p.grad for p in self.params]
        return [None if grad is None else grad.detach().clone() for grad in grads]

    def values(self):
        """The parameters as they are."""
        return [p.detach().clone() for p in self.params]

    def graphs(self):
        """Where the optimizer keeps tensors that hold on to the graph they came from."""
        return sorted(set(_graphs(self.optimizer, "self", set(), 0)))


def _graphs(value, name, seen, depth):
    if id(value) in seen or depth > 6:
        return
    seen.add(id(value))
    if isinstance(value, torch.Tensor):
        if value.grad_fn is not None:
            yield name
    elif isinstance(value, dict):
        for item in value.values():
            yield from _graphs(item, name, seen, depth + 1)
    elif isinstance(value, (list, tuple, set)):
        for item in value:
            yield from _graphs(item, name, seen, depth + 1)
    else:
        for key, item in getattr(value, "__dict__", {}).items():
            yield from _graphs(item, f"{name}.{key}" if depth == 0 else name, seen, depth + 1)
