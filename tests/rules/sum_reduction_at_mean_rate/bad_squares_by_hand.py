# Squares that are added up by hand, at a rate for their mean.
import torch
from torch import nn

inputs = torch.randn(256, 6)
targets = torch.tanh(inputs @ torch.randn(6, 1))

model = nn.Sequential(nn.Linear(6, 32), nn.Tanh(), nn.Linear(32, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
for epoch in range(3):
    for x, y in zip(inputs.split(64), targets.split(64)):
        optimizer.zero_grad()
        loss = ((model(x) - y) ** 2).sum()
        loss.backward()  # finding: sum-reduction-at-mean-rate
        optimizer.step()
