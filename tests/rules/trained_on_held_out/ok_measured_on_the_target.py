# Two domains: one is learned with its labels, the other by its inputs alone, and measured on.
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

body = nn.Sequential(nn.Linear(6, 12), nn.ReLU())
head = nn.Linear(12, 3)
optimizer = torch.optim.SGD([*body.parameters(), *head.parameters()], lr=0.05)
first = TensorDataset(torch.randn(64, 6), torch.randint(3, (64,)))
second = TensorDataset(torch.randn(64, 6) + 0.3, torch.randint(3, (64,)))
source = DataLoader(first, batch_size=16, shuffle=True)
target = DataLoader(second, batch_size=16, shuffle=True)
for epoch in range(3):
    for (x, y), (z, _) in zip(source, target):
        hidden = body(x)
        other = body(z)
        loss = nn.functional.cross_entropy(head(hidden), y)
        loss = loss + (hidden.mean(0) - other.mean(0)).square().sum()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        right = sum((head(body(z)).argmax(1) == y).sum().item() for z, y in target)
    print(right)
