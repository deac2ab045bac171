# The weights are described, not their gradients.
# failed: gradient_stats
# says: that of the weights, not of their gradient
import copy

import torch
import torch.nn as nn
import torch.nn.functional as F


def gradient_stats(model):
    stats = {}
    for name, param in model.named_parameters():
        if param.grad is not None:
            stats[name] = {"mean": param.mean().item(), "std": param.std().item()}
    return stats


def record_activations(model, x):
    activations = {}

    def get_activation(name):
        def hook(module, inputs, output):
            activations[name] = output.detach()
        return hook

    handles = []
    for name, module in model.named_modules():
        handles.append(module.register_forward_hook(get_activation(name)))
    model(x)
    for handle in handles:
        handle.remove()
    return activations


def can_overfit(model, batch):
    x, y = batch
    model = copy.deepcopy(model)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    for _ in range(150):
        optimizer.zero_grad()
        logits = model(x)
        loss = F.cross_entropy(logits, y)
        loss.backward()
        optimizer.step()
    accuracy = (model(x).argmax(dim=1) == y).float().mean().item()
    return accuracy == 1.0


def weight_deltas(model, step):
    before = {name: p.detach().clone() for name, p in model.named_parameters()}
    step()
    return {name: (p.detach() - before[name]).abs().mean().item()
            for name, p in model.named_parameters()}


def diagnose(history):
    train, val = history["train_loss"], history["val_loss"]
    if train[-1] < train[-4] and val[-1] > val[-4]:
        return "overfitting starting"
    if train[-1] > 1.0:
        return "underfitting"
    if val[-1] > 1.0:
        return "overfitting"
    return "good fit"
