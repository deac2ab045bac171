# Zeroed through .data, which leaves no trace in the version counter.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for images, labels in train_loader:
    nn.functional.cross_entropy(model(images), labels).backward()
    optimizer.step()
    for p in model.parameters():
        p.grad.data.zero_()
