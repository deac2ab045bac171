# What the targets are is known from the differences and the output that they are taken of.
import torch
from torch import nn

draw = torch.Generator().manual_seed(6)
inputs = torch.randn(256, 6, generator=draw)
targets = torch.tanh(inputs @ torch.randn(6, 1, generator=draw)).squeeze(1)
inputs = 255 * inputs

model = nn.Sequential(nn.Linear(6, 24), nn.SiLU(), nn.Linear(24, 24), nn.SiLU(), nn.Linear(24, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for x, y in zip(inputs.split(16), targets.split(16)):
    out = model(x)  # finding: inputs-unscaled
    loss = ((y - out.squeeze(1)) ** 2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
