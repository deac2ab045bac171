# No shuffling, and none needed: the rows are mixed as they are.
import torch
from torch import nn
from torch.utils.data import DataLoader

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for epoch in range(2):
    for images, labels in DataLoader(train_loader.dataset, 16):
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(images), labels).backward()
        optimizer.step()
