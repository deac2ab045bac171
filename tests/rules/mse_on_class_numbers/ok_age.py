# An age in years is an amount: near is good, and nothing is compared for being equal.
import torch
from torch import nn

x = torch.randn(192, 6)
age = (40 + 12 * x[:, 0] + 4 * x[:, 1]).round().clamp(0, 99)
model = nn.Sequential(nn.Linear(6, 24), nn.Tanh(), nn.Linear(24, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=0.05)
for epoch in range(40):
    out = model(x).squeeze(1) * 20 + 40
    loss = nn.functional.mse_loss(out, age)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    print(((out - age).abs() < 5).float().mean())
