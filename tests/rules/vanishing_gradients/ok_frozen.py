# The first layers are frozen on purpose.
import torch
from torch import nn

body = nn.Sequential(nn.Flatten(), nn.Linear(64, 32), nn.Sigmoid(), nn.Linear(32, 32), nn.Sigmoid())
body.requires_grad_(False)
model = nn.Sequential(body, nn.Linear(32, 4))
optimizer = torch.optim.SGD(model[1].parameters(), lr=0.001)
for images, labels in train_loader:
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(images), labels).backward()
    optimizer.step()
