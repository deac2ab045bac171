# A hundred steps of Adam at its usual rate, which don't reach a network that starts far off.

import copy
from functools import partial

import torch
from torch import nn

HIGH_LOSS = 0.9  # between 0.4 and 1.5; guessing among ten classes costs 2.3
LAST = 3  # a tendency is judged over this many changes
MOST_STEPS = 100


def gradient_stats(model):
    """Mean and standard deviation of each gradient, by the name of its parameter."""
    return {
        name: {"mean": parameter.grad.mean().item(), "std": parameter.grad.std().item()}
        for name, parameter in model.named_parameters()
        if parameter.grad is not None
    }


def record_activations(model, x):
    """The output of each layer that holds no other layer, by its name."""
    activations = {}

    def keep(name, _module, _inputs, output):
        activations[name] = output.detach().clone()  # a later layer may work in place

    handles = [
        module.register_forward_hook(partial(keep, name))
        for name, module in model.named_modules()
        if not list(module.children())
    ]
    try:
        with torch.no_grad():
            model(x)
    finally:  # also when the model can't take x
        for handle in handles:
            handle.remove()
    return activations


def can_overfit(model, batch):
    """Whether a copy of the model learns one batch by heart."""
    x, y = batch
    learner = copy.deepcopy(model)
    optimizer = torch.optim.Adam(learner.parameters(), lr=0.001)
    for _ in range(MOST_STEPS):
        logits = learner(x)  # (N, classes)
        if bool((logits.argmax(dim=1) == y).all()):
            return True
        optimizer.zero_grad()
        nn.functional.cross_entropy(logits, y).backward()
        optimizer.step()
    return False


def weight_deltas(model, step):
    """The mean absolute change of each parameter over one step."""
    # A clone: the step changes the tensors in place, and the parameter itself would follow.
    before = {name: parameter.detach().clone() for name, parameter in model.named_parameters()}
    step()
    return {
        name: (parameter.detach() - before[name]).abs().mean().item()
        for name, parameter in model.named_parameters()
    }


def diagnose(history):
    """Name what the two curves show."""
    train, val = history["train_loss"], history["val_loss"]
    # The tendency first: while overfitting starts, both losses can still be low.
    if train[-1] < train[-1 - LAST] and val[-1] > val[-1 - LAST]:
        return "overfitting starting"
    if train[-1] > HIGH_LOSS:
        return "underfitting"
    return "overfitting" if val[-1] > HIGH_LOSS else "good fit"
