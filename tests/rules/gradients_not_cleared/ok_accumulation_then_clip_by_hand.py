# Clipped by hand, by value, between backward and step.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 5, 0.5)
for images, labels in train_loader:
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(images), labels).backward()
    for p in model.parameters():
        p.grad.clamp_(-1, 1)
    optimizer.step()
    scheduler.step()
