# A split of one's own, both halves through loaders, evaluated as it should be.
import torch
from torch import nn
from torch.utils.data import DataLoader, random_split

train, val = random_split(train_loader.dataset, [200, 56])
model = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.Dropout(0.2), nn.ReLU(), nn.Linear(16, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for epoch in range(2):
    model.train()
    for images, labels in DataLoader(train, 20, shuffle=True):
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(images), labels).backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        for images, labels in DataLoader(val, 56):
            model(images)
