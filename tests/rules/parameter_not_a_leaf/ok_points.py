# Points that ask for gradients, the same in each step.
import torch
from torch import nn

points = torch.linspace(0, 1, 32).unsqueeze(1).requires_grad_()
model = nn.Sequential(nn.Linear(1, 16), nn.Tanh(), nn.Linear(16, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for _ in range(12):
    value = model(points)
    (slope,) = torch.autograd.grad(value.sum(), points, create_graph=True)
    optimizer.zero_grad()
    (slope + value).square().mean().backward()
    optimizer.step()
