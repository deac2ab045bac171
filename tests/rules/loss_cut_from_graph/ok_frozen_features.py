# Features come from a frozen network without a graph; a head of bare tensors is trained.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 4))
head = torch.zeros(16, 4, requires_grad=True)
optimizer = torch.optim.SGD([head], lr=0.1)
for epoch in range(3):
    for images, labels in train_loader:
        with torch.no_grad():
            features = model[:3](images)
        optimizer.zero_grad()
        nn.functional.cross_entropy(features @ head, labels).backward()
        optimizer.step()
