# Gradients are cleared after each step, the clipping is written by hand, losses are kept as tensors.
import torch


def shorten(parameters, longest):
    grads = [p.grad for p in parameters if p.grad is not None]
    total = torch.sqrt(sum((g ** 2).sum() for g in grads))
    if total > longest:
        for g in grads:
            g.mul_(longest / total)


def train(model, loader, loss_fn, opt, n_epochs, *, scheduler=None, max_norm=None, device="cpu"):
    device = torch.device(device)
    model.to(device)
    means = []
    for _ in range(n_epochs):
        model.train()
        sums, counts = [], []
        for x, y in loader:
            x, y = x.to(device, non_blocking=True), y.to(device, non_blocking=True)
            loss = loss_fn(model(x), y)
            loss.backward()
            if max_norm is not None:
                shorten(list(model.parameters()), max_norm)
            opt.step()
            opt.zero_grad(set_to_none=True)
            sums.append(loss.detach() * y.shape[0])
            counts.append(y.shape[0])
        if scheduler is not None:
            scheduler.step()
        means.append((torch.stack(sums).sum() / sum(counts)).item())
    model.eval()
    return means
