# Each batch's gradients are clipped before they are added to.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for number, (images, labels) in enumerate(train_loader, 1):
    nn.functional.cross_entropy(model(images), labels).backward()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    if number % 2 == 0:
        optimizer.step()
        optimizer.zero_grad()
