# The usual way, in functions, with dropout and batch normalisation.
import torch
from torch import nn

model = nn.Sequential(
    nn.Flatten(), nn.Linear(64, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Dropout(0.2), nn.Linear(16, 4)
)
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)


def train_epoch():
    model.train()
    for images, labels in train_loader:
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(images), labels).backward()
        optimizer.step()


@torch.no_grad()
def evaluate(loader):
    model.eval()
    return sum((model(x).argmax(1) == y).sum().item() for x, y in loader)


for epoch in range(3):
    train_epoch()
    evaluate(val_loader)
