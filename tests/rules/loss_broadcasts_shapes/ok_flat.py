# Both are flat.
import torch
from torch import nn

x = torch.linspace(-1, 1, 24).unsqueeze(1)
y = (3 * x).sin().flatten()
model = nn.Sequential(nn.Linear(1, 16), nn.Tanh(), nn.Linear(16, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
for step in range(120):
    optimizer.zero_grad()
    ((model(x).squeeze(1) - y) ** 2).mean().backward()
    optimizer.step()
