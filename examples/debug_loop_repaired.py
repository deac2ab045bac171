"""A student's repair of the exercise `debug_loop`: full points, and no finding."""

import torch
import torch.nn.functional as F
from torch import nn

net = nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))
optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)


@torch.no_grad()
def accuracy(loader):
    net.eval()
    correct = sum((net(images).argmax(1) == labels).sum().item() for images, labels in loader)
    return correct / len(loader.dataset)


for epoch in range(4):
    net.train()
    for images, labels in train_loader:
        loss = F.cross_entropy(net(images), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(f"epoch {epoch + 1}  loss {loss.item():.3f}  accuracy {accuracy(val_loader):.3f}")
