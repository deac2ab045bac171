# All rows at once, and a loss by hand: the output has as many rows as the labels, and is none.
import torch
from torch import nn

draw = torch.Generator().manual_seed(4)
centres = torch.randn(4, 16, generator=draw)
labels = torch.randint(0, 4, (256,), generator=draw)
inputs = centres[labels] + torch.randn(256, 16, generator=draw)
labels = labels[torch.randperm(256)]  # finding: labels-shuffled-apart

model = nn.Sequential(nn.Linear(16, 32), nn.ReLU(), nn.Linear(32, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.02)
for epoch in range(40):
    x, y = inputs, labels
    out = model(x)
    loss = (torch.logsumexp(out, 1) - out[torch.arange(len(y)), y]).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
