# Ranges of a series that overlap, in a regression.
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

t = torch.linspace(0, 6, 200)[:, None]
y = t.sin()
train = DataLoader(TensorDataset(t[:160], y[:160]), 32, shuffle=True)
test = DataLoader(TensorDataset(t[140:], y[140:]), 60)
net = nn.Sequential(nn.Linear(1, 16), nn.Tanh(), nn.Linear(16, 1))
optimizer = torch.optim.Adam(net.parameters(), lr=0.01)
for epoch in range(3):
    for a, b in train:
        optimizer.zero_grad()
        nn.functional.mse_loss(net(a), b).backward()
        optimizer.step()
net.eval()
with torch.no_grad():
    for a, b in test:
        print(nn.functional.mse_loss(net(a), b))  # finding: splits-overlap
