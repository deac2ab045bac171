# A regression on a table whose numbers are in the hundreds; the targets are near 1.
import torch
from torch import nn

inputs = 300 * torch.randn(256, 6)
targets = torch.tanh(inputs @ torch.randn(6, 1) / 300)

model = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.02, momentum=0.9)
criterion = nn.SmoothL1Loss()
for epoch in range(4):
    for x, y in zip(inputs.split(16), targets.split(16)):
        optimizer.zero_grad()
        loss = criterion(model(x), y)  # finding: inputs-unscaled
        loss.backward()
        optimizer.step()
