# Accuracy on training data, in training mode, on a part of the training set.
import torch
from torch import nn
from torch.utils.data import DataLoader, Subset

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.Dropout(0.1), nn.ReLU(), nn.Linear(16, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
part = DataLoader(Subset(train_loader.dataset, range(64)), 32)
for epoch in range(2):
    for images, labels in train_loader:
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(images), labels).backward()
        optimizer.step()
    for images, labels in part:
        print((model(images).argmax(1) == labels).float().mean().item())
