# Prices in the hundreds from sizes in the hundreds: what is far off is no inputs' fault.
import torch
from torch import nn

draw = torch.Generator().manual_seed(6)
inputs = 100 + 100 * torch.rand(256, 3, generator=draw)
targets = inputs @ torch.tensor([2.0, 1.0, 3.0]) + torch.randn(256, generator=draw)

model = nn.Linear(3, 1)
optimizer = torch.optim.Adam(model.parameters(), lr=0.3)
for epoch in range(8):
    for x, y in zip(inputs.split(32), targets.split(32)):
        loss = (model(x).squeeze(-1) - y).abs().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
