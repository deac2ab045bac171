# Three experts with an optimizer each; the gate never chooses the last one, so it never runs.
import torch
import torch.nn.functional as F
from torch import nn

x = torch.randn(120, 5)
y = torch.where(x[:, :1] > 0, x[:, 1:2], -x[:, 2:3])
experts = nn.ModuleList([nn.Linear(5, 1) for _ in range(3)])
optimizers = [torch.optim.SGD(expert.parameters(), lr=0.05) for expert in experts]
for epoch in range(20):
    for optimizer in optimizers:
        optimizer.zero_grad()
    chosen = (x[:, 0] > 0).long()
    loss = sum(F.mse_loss(experts[k](x[chosen == k]), y[chosen == k]) for k in (0, 1))
    loss.backward()
    for optimizer in optimizers:
        optimizer.step()
