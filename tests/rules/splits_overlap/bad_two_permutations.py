# Each subset is drawn by itself.
import torch
from torch import nn
from torch.utils.data import DataLoader, Subset

data = train_loader.dataset
train = DataLoader(Subset(data, torch.randperm(256)[:200].tolist()), 20, shuffle=True)
val = DataLoader(Subset(data, torch.randperm(256)[200:].tolist()), 28)
model = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for epoch in range(2):
    model.train()
    for images, labels in train:
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(images), labels).backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        for images, labels in val:
            model(images)  # finding: splits-overlap
