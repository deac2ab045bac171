# A head with more outputs than this data has classes, as one that was trained before.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 10))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for images, labels in train_loader:
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(images), labels + 1).backward()
    optimizer.step()
