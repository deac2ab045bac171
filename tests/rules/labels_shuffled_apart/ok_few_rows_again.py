"""The 64 rows of a validation come again each epoch, and are no 256 rows that show the labels."""

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset, random_split

torch.manual_seed(50)
inputs = torch.randn(256, 30)
labels = (inputs.sum(1) > 0).long()
parts = random_split(TensorDataset(inputs, labels), [192, 64])
batches = DataLoader(parts[0], 24, shuffle=True)
held = DataLoader(parts[1], 32)
model = nn.Sequential(nn.Linear(30, 16), nn.Tanh(), nn.Linear(16, 2))
optimizer = torch.optim.SGD(model.parameters(), lr=0.001)
for _ in range(6):
    model.train()
    for x, y in batches:
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(x), y).backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        right = sum(int((model(x).argmax(1) == y).sum()) for x, y in held)
