# Chosen by validation, then trained on everything, the validation data included.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)


def train(loader):
    model.train()
    for images, labels in loader:
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(images), labels).backward()
        optimizer.step()


for epoch in range(2):
    train(train_loader)
    model.eval()
    with torch.no_grad():
        for images, labels in val_loader:
            model(images)
for epoch in range(2):
    train(train_loader)
    train(val_loader)
