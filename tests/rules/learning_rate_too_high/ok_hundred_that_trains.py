# A rate of 100 on small inputs trains a linear model well: no number is too high by itself.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 4, bias=False))
optimizer = torch.optim.SGD(model.parameters(), lr=100.0)
for epoch in range(3):
    for images, labels in train_loader:
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(images * 0.02), labels).backward()
        optimizer.step()
