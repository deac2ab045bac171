# A grid, whose numbers are for a picture: nothing stands beside it that could be told.
import torch
from torch import nn

inputs = torch.randn(256, 1)
targets = torch.sin(2 * inputs)
grid = torch.linspace(-2, 2, 100).unsqueeze(1)

model = nn.Sequential(nn.Linear(1, 32), nn.Tanh(), nn.Dropout(0.1), nn.Linear(32, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
curves = []
for epoch in range(4):
    for x, y in zip(inputs.split(32), targets.split(32)):
        optimizer.zero_grad()
        nn.functional.mse_loss(model(x), y).backward()
        optimizer.step()
    curves.append(model(grid).detach())
