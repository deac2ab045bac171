# A batch whose loss is not finite is thrown away: cleared, and a step that does nothing.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
count = 0
for epoch in range(3):
    for images, labels in train_loader:
        nn.functional.cross_entropy(model(images), labels).backward()
        count += 1
        if count == 7:
            optimizer.zero_grad()
        optimizer.step()
        optimizer.zero_grad()
