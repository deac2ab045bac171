# The units of a layer begin alike, and the random weights behind it tell them apart at once.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.Tanh(), nn.Linear(16, 4))
nn.init.constant_(model[1].weight, 0.01)
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
for images, labels in train_loader:
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(images), labels).backward()
    optimizer.step()
