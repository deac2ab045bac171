# Passes a closure to Adam; the backward pass happens inside step().
import torch
import torch.nn as nn
import torch.nn.functional as F

net = nn.Sequential(nn.Flatten(), nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 10))
adam = torch.optim.Adam(net.parameters(), lr=0.002)


def make_closure(x, y):
    def closure():
        adam.zero_grad()
        loss = F.cross_entropy(net(x), y)
        loss.backward()
        return loss
    return closure


for epoch in range(2):
    net.train()
    for x, y in train_loader:
        last = adam.step(make_closure(x, y))
    net.eval()
    with torch.no_grad():
        acc = sum((net(x).argmax(1) == y).sum() for x, y in val_loader) / 1000
    print(f"{last.item():.3f} {acc.item():.3f}")
