# A part of the training rows is put among the held-out ones.
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

x = torch.randn(120, 5)
y = x.square().sum(1, keepdim=True)
held_x, held_y = torch.randn(40, 5), torch.zeros(40, 1)
held_x, held_y = torch.cat([held_x, x[:20]]), torch.cat([held_y, y[:20]])
batches = DataLoader(TensorDataset(x, y), batch_size=20, shuffle=True)
held = DataLoader(TensorDataset(held_x, held_y), batch_size=30)
model = nn.Sequential(nn.Linear(5, 12), nn.Tanh(), nn.Linear(12, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
for epoch in range(3):
    model.train()
    for inputs, targets in batches:
        optimizer.zero_grad()
        nn.functional.mse_loss(model(inputs), targets).backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        for inputs, targets in held:
            print(float((model(inputs) - targets).square().mean()))  # finding: splits-overlap
