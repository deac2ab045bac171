# Outputs in double precision lose half of their digits.
# failed: activations
import copy
import functools

import torch
import torch.nn.functional as F


def gradient_stats(model):
    return {
        n: {"mean": p.grad.mean().item(), "std": p.grad.std().item()}
        for n, p in model.named_parameters()
        if p.grad is not None
    }


def record_activations(model, x):
    found, hooks = {}, []
    for name, layer in model.named_modules():
        if not list(layer.children()):
            keep = functools.partial(lambda n, _layer, _x, out: found.update({n: out.detach().float()}), name)
            hooks.append(layer.register_forward_hook(keep))
    with torch.no_grad():
        model(x)
    for hook in hooks:
        hook.remove()
    return found


def can_overfit(model, batch):
    x, y = batch
    model = copy.deepcopy(model)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.05)
    for _ in range(40):
        optimizer.zero_grad()
        F.cross_entropy(model(x), y).backward()
        optimizer.step()
    return bool((model(x).argmax(1) == y).all())


def weight_deltas(model, step):
    before = {n: p.detach().clone() for n, p in model.named_parameters()}
    step()
    return {n: (p.detach() - before[n]).abs().mean().item() for n, p in model.named_parameters()}


def diagnose(history):
    train, val = history["train_loss"], history["val_loss"]
    if val[-1] > val[-4] and train[-1] < train[-4]:
        return "overfitting starting"
    if train[-1] > 1:
        return "underfitting"
    return "overfitting" if val[-1] > 1 else "good fit"
