# A step at the beginning of each turn, with the gradients of the last one.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for number, (images, labels) in enumerate(train_loader):
    if number:
        optimizer.step()
        optimizer.zero_grad()
    nn.functional.cross_entropy(model(images), labels).backward()
