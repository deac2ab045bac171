# A hinge that is written out, and a minus too much.
import torch
from torch import nn

draw = torch.Generator().manual_seed(3)
inputs = torch.randn(240, 8, generator=draw)
labels = (inputs.sum(1) > 0).float()
model = nn.Sequential(nn.Linear(8, 16), nn.Tanh(), nn.Linear(16, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
for epoch in range(6):
    for x, y in zip(inputs.split(24), labels.split(24)):
        out = model(x).squeeze(1)
        loss = -torch.relu(1 - out * (2 * y - 1)).mean()
        optimizer.zero_grad()
        loss.backward()  # finding: gradient-ascent
        optimizer.step()
