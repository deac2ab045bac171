# Regression with a rate that a classifier would not stand.
import torch
from torch import nn

x = torch.linspace(-1, 1, 128).unsqueeze(1)
y = 3 * x + 0.1 * torch.randn_like(x)
model = nn.Linear(1, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
for step in range(80):
    optimizer.zero_grad()
    nn.functional.mse_loss(model(x), y).backward()
    optimizer.step()
