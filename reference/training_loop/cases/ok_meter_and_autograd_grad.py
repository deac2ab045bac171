# A meter object sums up the losses; gradients come from autograd.grad and are put into .grad.
import torch


class Meter:
    def __init__(self):
        self.sum = self.n = 0

    def update(self, value, n):
        self.sum += value * n
        self.n += n

    @property
    def mean(self):
        return self.sum / max(self.n, 1)


def train(model, dataloader, criterion, optimizer, epochs, *, scheduler=None, max_norm=None,
          device="cpu"):
    model.to(device).train()
    params = [p for p in model.parameters() if p.requires_grad]
    out = []
    for epoch in range(1, epochs + 1):
        meter = Meter()
        for step, batch in enumerate(dataloader):
            inputs, targets = [t.to(device) for t in batch]
            loss = criterion(model(inputs), targets)
            grads = torch.autograd.grad(loss, params)
            for p, g in zip(params, grads):
                p.grad = g
            if max_norm is not None:
                torch.nn.utils.clip_grad_norm_(params, max_norm=max_norm)
            optimizer.step()
            meter.update(loss.item(), inputs.size(0))
        out.append(meter.mean)
        scheduler and scheduler.step()
    return out
