# Twice two epochs, each printing twice the accuracy: no line prints often enough to tell alone.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.005)


def train():
    model.train()
    for images, labels in train_loader:
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(images), labels).backward()
        optimizer.step()


def score():
    model.eval()
    right = 0
    with torch.no_grad():
        for images, labels in val_loader:
            right += (model(images).argmax(1) == labels).sum().item()
    return right / 48


for epoch in range(2):
    train()
    print(f"accuracy {score():.3f}")  # finding: accuracy-counted-wrong
for epoch in range(2):
    train()
    print(f"accuracy {score():.3f}")
