# One row at a time has one axis.
import torch
from torch import nn

model = nn.Sequential(nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 4), nn.LogSoftmax(dim=0))
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
for images, labels in train_loader:
    for image, label in zip(images[:2], labels[:2]):
        optimizer.zero_grad()
        nn.functional.nll_loss(model(image.flatten()), label).backward()
        optimizer.step()
