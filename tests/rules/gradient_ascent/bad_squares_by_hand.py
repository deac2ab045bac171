# A squared error that is written out, with a minus before it.
import torch
from torch import nn

inputs = torch.randn(128, 5)
targets = inputs @ torch.randn(5, 1)

model = nn.Sequential(nn.Linear(5, 16), nn.Tanh(), nn.Linear(16, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(20):
    for x, y in zip(inputs.split(32), targets.split(32)):
        optimizer.zero_grad()
        loss = ((model(x) - y) ** 2).mean()
        (-loss).backward()  # finding: gradient-ascent
        optimizer.step()
