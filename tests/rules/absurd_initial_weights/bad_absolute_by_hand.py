# A difference that is written out, and loses its sign.
import torch
from torch import nn

draw = torch.Generator().manual_seed(6)
inputs = torch.randn(256, 6, generator=draw)
targets = torch.tanh(inputs @ torch.randn(6, 1, generator=draw))

model = nn.Sequential(nn.Linear(6, 24), nn.SiLU(), nn.Linear(24, 24), nn.SiLU(), nn.Linear(24, 1))
for w in model.parameters():
    nn.init.uniform_(w, -50, 50)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for epoch in range(30):
    out = model(inputs)  # finding: absurd-initial-weights
    loss = (out - targets).abs().mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
