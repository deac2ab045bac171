# Trained through a loader, measured on the tensor that the loader draws from.
import torch
from torch import nn

images, labels = train_loader.dataset.tensors
model = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for epoch in range(2):
    for x, y in train_loader:
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(x), y).backward()
        optimizer.step()
    print((model(images[:100]).argmax(1) == labels[:100]).float().mean())
