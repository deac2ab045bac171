# Param groups with rates of their own; the first layer is frozen in the first epoch.
import torch
import torch.nn as nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.lower = nn.Linear(784, 256)
        self.upper = nn.Linear(256, 10)

    def forward(self, x):
        return self.upper(self.lower(x.flatten(1)).relu())


net = Net()
optimizer = torch.optim.SGD([
    {"params": net.lower.parameters(), "lr": 0.05},
    {"params": net.upper.parameters(), "lr": 0.1},
], momentum=0.5)

for epoch in range(3):
    for p in net.lower.parameters():
        p.requires_grad = epoch > 0
    net.train()
    for x, y in train_loader:
        optimizer.zero_grad()
        nn.functional.cross_entropy(net(x), y).backward()
        optimizer.step()
    net.eval()
    with torch.no_grad():
        print(epoch, sum((net(x).argmax(1) == y).sum().item() for x, y in val_loader) / 1000)
