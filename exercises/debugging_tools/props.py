"""Healthy and sick networks to try the tools on; the grader has the same on its own side."""

import copy

import torch
from torch import nn

WIDTH = 8
DEPTH = 12


class Nested(nn.Module):
    """Layers within layers, some with names of their own."""

    def __init__(self, norm):
        super().__init__()
        self.entry = nn.Linear(4, 6)
        self.block = nn.Sequential(
            nn.BatchNorm1d(6) if norm else nn.Identity(), nn.ReLU(), nn.Linear(6, 5)
        )
        self.squash = nn.Tanh()
        self.exit = nn.Linear(5, 3)

    def forward(self, x):
        """Logits (N, 3) of x (N, 4)."""
        return self.exit(self.squash(self.block(self.entry(x))))


def network(kind):
    """A network by the name of its state of health; its weights come by load_state_dict."""
    if kind in ("linear", "wide"):
        return nn.Sequential(nn.Linear(WIDTH, 4)) if kind == "linear" else wide()
    if kind in ("nested", "dead nested"):
        return Nested(norm=False)
    if kind == "normed":
        return Nested(norm=True)
    if kind in ("vanishing", "exploding"):
        squash = nn.Sigmoid if kind == "vanishing" else nn.Identity
        layers = [part for _ in range(DEPTH) for part in (nn.Linear(WIDTH, WIDTH), squash())]
        return nn.Sequential(*layers, nn.Linear(WIDTH, 3))
    if kind in ("small", "halved"):
        return nn.Sequential(nn.Linear(2, 2))
    return nn.Sequential(nn.Linear(WIDTH, 64), nn.ReLU(), nn.Linear(64, 4))


def wide():
    """A network whose layers have hundreds of weights."""
    return nn.Sequential(nn.Linear(4, 200), nn.Tanh(), nn.Linear(200, 3))


def make(kind, state, frozen=(), *, training=True):
    """A network with the given weights; parameters named in ``frozen`` ask for no gradient."""
    model = network(kind).to(next(iter(state.values())).dtype)
    model.load_state_dict(state)
    for name, parameter in model.named_parameters():
        parameter.requires_grad_(name not in frozen)
    return model.train(training)


def backward(model, x, y):
    """Fill the gradients, as a training step would; gives the model back."""
    nn.functional.cross_entropy(model(x), y).backward()
    return model


def with_gradients(kind, state, frozen, x, y):
    """A network as `make` makes it, after one backward pass."""
    return backward(make(kind, state, frozen), x, y)


def tracked(activations):
    """What a tool returned, and the names of the tensors in it that hang on a graph."""
    entries = activations.items() if isinstance(activations, dict) else ()
    return activations, [
        name for name, value in entries if isinstance(value, torch.Tensor) and value.requires_grad
    ]


def answers(tool, questions):
    """What a tool returns for each of several questions, and the questions afterwards."""
    return [tool(question) for question in questions], questions


def both(tool, first, second):
    """What a tool returns for two models and inputs, looked at when both are there."""
    return [tool(*first), tool(*second)]


class Step:
    """One step of plain gradient descent on everything but the parameters named in ``left_out``."""

    def __init__(self, model, x, y, left_out=()):
        self.model, self.x, self.y = model, x, y
        reached = [
            p for name, p in model.named_parameters() if p.requires_grad and name not in left_out
        ]
        self.optimizer = torch.optim.SGD(reached, lr=0.5)
        self.calls = 0

    def __call__(self):
        """Forward, backward, step."""
        self.calls += 1
        self.optimizer.zero_grad()
        backward(self.model, self.x, self.y)
        self.optimizer.step()


def snapshot(model):
    """Everything that a tool could change, as plain data."""
    return {
        "weights": {n: p.detach().clone() for n, p in model.named_parameters()},
        "buffers": {n: b.clone() for n, b in model.named_buffers()},
        "gradients": {
            n: None if p.grad is None else p.grad.clone() for n, p in model.named_parameters()
        },
        "modes": {n or "the model": m.training for n, m in model.named_modules()},
        "frozen": {n: not p.requires_grad for n, p in model.named_parameters()},
    }


def used(kind, state, x, y, *, training):
    """Looks at a network that has been worked with: with gradients and somebody else's hook."""
    model = make(kind, state, training=training)
    next(m for m in model.modules() if isinstance(m, nn.Linear)).register_forward_hook(nothing)
    return Looks(backward(model, x, y))


class Looks:
    """Hooks, and everything else that a tool could change, at first and after each use of a tool."""

    def __init__(self, model):
        self.model = model
        self.seen = [self.look()]

    def look(self):
        """What there is now."""
        return {"hooks": hooks(self.model), "snapshot": snapshot(self.model)}

    def use(self, tool, *more):
        """Use a tool on the model, and look again."""
        tool(self.model, *more)
        self.seen.append(self.look())

    def step(self, tool, x, y):
        """Use a tool that makes one step; what that changes stands in the look before it, too."""
        expected = copy.deepcopy(self.model)
        Step(expected, x, y)()
        before = {"hooks": hooks(self.model), "snapshot": snapshot(expected)}
        step = Step(self.model, x, y)
        tool(self.model, step)
        return [before, self.look()] if step.calls == 1 else [before, before]


def nothing(*_):
    """A hook that does nothing."""


def hooks(model):
    """How many hooks there are on each module, on each parameter and on all modules."""
    kinds = ("_forward_hooks", "_forward_pre_hooks", "_backward_hooks", "_backward_pre_hooks")
    counts = {
        name or "the model": sum(len(getattr(module, kind)) for kind in kinds)
        for name, module in model.named_modules()
    }
    for name, parameter in model.named_parameters():
        counts[f"the parameter {name}"] = len(parameter._backward_hooks or ())
    everywhere = torch.nn.modules.module
    counts["all modules"] = sum(len(getattr(everywhere, f"_global{kind}")) for kind in kinds)
    return copy.copy(counts)
