# A running average of the weights, itself never trained, is called in training mode.
import copy

import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.Dropout(0.2), nn.ReLU(), nn.Linear(16, 4))
teacher = copy.deepcopy(model)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for epoch in range(2):
    for images, labels in train_loader:
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(images), labels).backward()
        optimizer.step()
        with torch.no_grad():
            for t, p in zip(teacher.parameters(), model.parameters()):
                t.lerp_(p, 0.1)
    with torch.no_grad():
        for images, labels in val_loader:
            teacher(images)
