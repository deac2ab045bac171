# A copy of the model is evaluated, in evaluation mode.
import copy

import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.Dropout(0.1), nn.ReLU(), nn.Linear(16, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for epoch in range(2):
    for images, labels in train_loader:
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(images), labels).backward()
        optimizer.step()
    frozen = copy.deepcopy(model).eval()
    with torch.inference_mode():
        for images, labels in val_loader:
            frozen(images)
