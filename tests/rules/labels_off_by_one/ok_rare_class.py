# Class 0 is rare: a few labels without it prove nothing.
import torch
from torch import nn

model = nn.Linear(6, 12)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for step in range(6):
    x = torch.randn(8, 6)
    labels = torch.randint(1, 12, (8,))
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(x), labels).backward()
    optimizer.step()
