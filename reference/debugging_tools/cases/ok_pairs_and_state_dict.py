# Pairs of mean and std, one global hook, the model trained itself and put back as it was, SGD.
import numpy as np
import torch
import torch.nn.functional as F


def gradient_stats(model):
    found = {}
    for name, p in model.named_parameters():
        found[name] = None if p.grad is None else (float(p.grad.mean()), float(p.grad.std(unbiased=False)))
    return found


@torch.no_grad()
def record_activations(model, x):
    names = {module: name for name, module in model.named_modules()}
    seen = {}

    def hook(module, args, out):
        if module in names:
            seen[names[module]] = out.clone()

    handle = torch.nn.modules.module.register_module_forward_hook(hook)
    try:
        model(x)
    finally:
        handle.remove()
    return seen


def can_overfit(model, batch):
    x, y = batch
    state = {k: v.clone() for k, v in model.state_dict().items()}
    grads = [p.grad for p in model.parameters()]
    for p in model.parameters():
        p.grad = None
    opt = torch.optim.SGD([p for p in model.parameters() if p.requires_grad], lr=0.1, momentum=0.9)
    for _ in range(100):
        opt.zero_grad()
        loss = F.cross_entropy(model(x), y)
        loss.backward()
        opt.step()
    with torch.no_grad():
        learned = bool(F.cross_entropy(model(x), y) < 0.05)
    model.load_state_dict(state)
    for p, g in zip(model.parameters(), grads):
        p.grad = g
    return learned


def weight_deltas(model, step):
    names, params = zip(*[(n, p) for n, p in model.named_parameters() if p.requires_grad])
    old = [p.detach().numpy().copy() for p in params]
    step()
    return {n: np.abs(p.detach().numpy() - o).mean() for n, p, o in zip(names, params, old)}


def diagnose(history):
    train = np.array(history["train_losses"])
    val = np.array(history["val_losses"])
    slope = lambda curve: np.polyfit(range(4), curve[-4:], 1)[0]
    if slope(train) < 0 < slope(val):
        return "overfitting starting"
    low_train, low_val = train[-1] < 0.5, val[-1] < 0.5
    return {(True, True): "good fit", (True, False): "overfitting"}.get((low_train, low_val), "underfitting")
