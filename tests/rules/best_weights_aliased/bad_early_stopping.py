# Early stopping in a class of its own saves what it kept, once, in the end.
import io

import torch
from torch import nn


class EarlyStopping:
    def __init__(self):
        self.lowest = float("inf")
        self.kept = None

    def __call__(self, loss, net):
        if loss < self.lowest:
            self.lowest = loss
            self.kept = {"model": net.state_dict(), "loss": loss}  # finding: best-weights-aliased


x = torch.randn(64, 3)
y = x.sum(1, keepdim=True)
net = nn.Sequential(nn.Linear(3, 8), nn.Tanh(), nn.Linear(8, 1))
optimizer = torch.optim.Adam(net.parameters(), lr=0.01)
stopping = EarlyStopping()
for step in range(12):
    loss = nn.functional.mse_loss(net(x), y)
    optimizer.zero_grad()
    loss.backward()
    stopping(loss.item() if step < 8 else 99.0, net)
    optimizer.step()
torch.save(stopping.kept, io.BytesIO())
