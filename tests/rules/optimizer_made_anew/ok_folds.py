# A new model and a new optimizer for each fold.
import torch
from torch import nn

rows = torch.cat([images for images, _ in train_loader])
classes = torch.arange(len(rows)) % 4
for fold in range(4):
    model = nn.Sequential(nn.Flatten(), nn.Linear(64, 4))
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    mine = torch.arange(len(rows)) % 4 != fold
    for images, labels in zip(rows[mine].split(48), classes[mine].split(48)):
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(images), labels).backward()
        optimizer.step()
