# One step for four batches.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 4))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for number, (images, labels) in enumerate(train_loader, 1):
    (nn.functional.cross_entropy(model(images), labels) / 4).backward()
    if number % 4 == 0:
        optimizer.step()
        optimizer.zero_grad()
