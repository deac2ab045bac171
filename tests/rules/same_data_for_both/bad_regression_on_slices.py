# A regression whose "validation" is a slice of the rows that it learns from.
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

x = torch.randn(128, 3)
y = x @ torch.tensor([[1.0], [2.0], [3.0]]) + 0.1 * torch.randn(128, 1)
train = DataLoader(TensorDataset(x, y), 32, shuffle=True)
valid = DataLoader(TensorDataset(x[96:], y[96:]), 32)  # finding: same-data-for-both
net = nn.Linear(3, 1)
optimizer = torch.optim.SGD(net.parameters(), lr=0.05)
for epoch in range(3):
    for a, b in train:
        optimizer.zero_grad()
        nn.functional.mse_loss(net(a), b).backward()
        optimizer.step()
    net.eval()
    with torch.no_grad():
        print([nn.functional.mse_loss(net(a), b) for a, b in valid])
    net.train()
