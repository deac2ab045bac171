# As many outputs as rows: a square of pairs that belong together.
import torch
from torch import nn

x = torch.randn(12, 5)
y = torch.randn(12, 12)
model = nn.Linear(5, 12)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for step in range(60):
    optimizer.zero_grad()
    nn.functional.mse_loss(model(x), y).backward()
    optimizer.step()
