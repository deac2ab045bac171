# Labels that are drawn at random say nothing of the inputs in any order.
import torch
from torch import nn

inputs, labels = torch.randn(256, 8), torch.randint(0, 3, (256,))
order, other = torch.randperm(256), torch.randperm(256)
inputs, labels = inputs[order], labels[other]

model = nn.Sequential(nn.Linear(8, 64), nn.ReLU(), nn.Linear(64, 3))
optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
for epoch in range(60):
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(inputs), labels).backward()
    optimizer.step()
