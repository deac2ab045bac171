# Squared errors of targets far from zero: the loss begins high with any weights.
import torch
from torch import nn

x = torch.randn(128, 6)
y = 100 + x[:, :1]
model = nn.Linear(6, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for _ in range(20):
    optimizer.zero_grad()
    nn.functional.mse_loss(model(x), y).backward()
    optimizer.step()
