# The same as an optimizer that wraps another and takes a closure.
import torch
from torch import nn


class SAM(torch.optim.Optimizer):
    def __init__(self, params, base, rho=0.05, **settings):
        super().__init__(params, dict(rho=rho, **settings))
        self.base = base(self.param_groups, **settings)
        self.param_groups = self.base.param_groups

    @torch.no_grad()
    def step(self, closure):
        closure = torch.enable_grad()(closure)
        with torch.enable_grad():
            closure()
        params = [p for g in self.param_groups for p in g["params"] if p.grad is not None]
        norm = torch.stack([p.grad.norm() for p in params]).norm()
        climbs = [p.grad * (0.05 / norm) for p in params]
        for p, e in zip(params, climbs):
            p.add_(e)
        self.zero_grad()
        loss = closure()
        for p, e in zip(params, climbs):
            p.sub_(e)
        self.base.step()
        self.zero_grad()
        return loss


model = nn.Sequential(nn.Flatten(), nn.Linear(64, 4))
optimizer = SAM(model.parameters(), torch.optim.SGD, lr=0.1)
for images, labels in train_loader:

    def closure():
        loss = nn.functional.cross_entropy(model(images), labels)
        loss.backward()
        return loss

    optimizer.step(closure)
