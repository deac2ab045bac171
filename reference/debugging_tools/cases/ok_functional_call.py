# Trains parameters of its own through functional_call, and hooks every module.
import torch
import torch.nn as nn


def gradient_stats(model):
    stats = {}
    for n, p in model.named_parameters():
        if (g := p.grad) is not None:
            m = g.sum() / g.numel()
            stats[n] = {
                "mean": float(m),
                "std": float(((g - m) ** 2).sum().div(max(g.numel() - 1, 1)).sqrt()),
            }
    return stats


def record_activations(model, x):
    acts, handles = {}, []
    for n, m in model.named_modules():
        handles.append(
            m.register_forward_hook(lambda mod, inp, out, n=n: acts.update({n: out.detach()}))
        )
    with torch.no_grad():
        _ = model(x)
    [h.remove() for h in handles]
    return acts


def can_overfit(model, batch):
    from torch.func import functional_call

    x, y = batch
    params = {
        n: p.detach().clone().requires_grad_(p.requires_grad) for n, p in model.named_parameters()
    }
    buffers = {n: b.clone() for n, b in model.named_buffers()}
    opt = torch.optim.Adam([p for p in params.values() if p.requires_grad], lr=0.02)
    for _ in range(100):
        out = functional_call(model, (params, buffers), (x,))
        loss = nn.functional.cross_entropy(out, y)
        opt.zero_grad()
        loss.backward()
        opt.step()
    return (functional_call(model, (params, buffers), (x,)).argmax(1) == y).all()


def weight_deltas(model, step):
    before = [p.detach().clone() for p in model.parameters()]
    step()
    return {
        n: torch.sub(p, b).abs().mean().item()
        for (n, p), b in zip(model.named_parameters(), before)
    }


def diagnose(history):
    t, v = history["train_loss"], history["val_loss"]
    best = min(range(len(v)), key=v.__getitem__)
    if best < len(v) - 1 and v[-1] > v[best] and t[-1] < t[best]:
        return "overfitting starting"
    if t[-1] > 1.0:
        return "underfitting"
    if v[-1] - t[-1] > 0.5:
        return "overfitting"
    return "good fit"
