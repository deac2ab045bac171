# Prices in the hundreds are told from sizes in the hundreds: the first loss is that of the targets.
import torch
from torch import nn

inputs = 100 + 30 * torch.rand(256, 3)
targets = inputs @ torch.tensor([[1.0], [2.0], [1.5]])

model = nn.Sequential(nn.Linear(3, 16), nn.ReLU(), nn.Linear(16, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
for epoch in range(6):
    for x, y in zip(inputs.split(16), targets.split(16)):
        optimizer.zero_grad()
        nn.functional.mse_loss(model(x), y).backward()
        optimizer.step()
