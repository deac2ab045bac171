# As in the lesson: loops that print, one hook function for each name, training on a deep copy.
import copy

import torch
import torch.nn as nn


def gradient_stats(model):
    stats = {}
    for name, param in model.named_parameters():
        if param.grad is not None:
            print(f"{name}: mean={param.grad.mean():.4f}, std={param.grad.std():.4f}")
            stats[name] = {"mean": param.grad.mean().item(), "std": param.grad.std().item()}
    return stats


def record_activations(model, x):
    activations = {}

    def get_activation(name):
        def hook(model, input, output):
            activations[name] = output.detach()
        return hook

    handles = []
    for name, layer in model.named_modules():
        handles.append(layer.register_forward_hook(get_activation(name)))
    model(x)
    for handle in handles:
        handle.remove()
    return activations


def can_overfit(model, batch):
    x, y = batch
    model = copy.deepcopy(model)
    model.train()
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    for _ in range(200):
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        accuracy = (model(x).argmax(dim=1) == y).float().mean()
    return accuracy.item() == 1.0


def weight_deltas(model, step):
    before = {name: p.clone() for name, p in model.named_parameters()}
    step()
    return {name: (p - before[name]).abs().mean().item() for name, p in model.named_parameters()}


def diagnose(history):
    train, val = history["train_loss"], history["val_loss"]
    best = val.index(min(val))
    if best < len(val) - 1 and train[-1] < train[best]:
        return "overfitting starting"
    if train[-1] > 1.0 and val[-1] > 1.0:
        return "underfitting"
    if val[-1] > 1.0:
        return "overfitting"
    return "good fit"
