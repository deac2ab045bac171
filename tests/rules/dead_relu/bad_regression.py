# A hidden layer that only gives positive weights to what is never positive.
import torch
from torch import nn

model = nn.Sequential(
    nn.Linear(3, 16),  # finding: dead-relu
    nn.ReLU(),
    nn.Linear(16, 1),
)
with torch.no_grad():
    model[0].weight.abs_()
    model[0].bias.zero_()
x = -torch.rand(64, 3)
y = (x**2).sum(1, keepdim=True)
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
for _ in range(20):
    optimizer.zero_grad()
    nn.functional.mse_loss(model(x), y).backward()
    optimizer.step()
