# How much two quantities have in common is told by pairs, and by pairs that an order has parted.
import torch
from torch import nn

x = torch.randn(256, 2)
y = x @ torch.tensor([[1.0], [0.5]]) + 0.3 * torch.randn(256, 1)


class Critic(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(3, 32), nn.ReLU(), nn.Linear(32, 1))

    def forward(self, one, other):
        return self.layers(torch.cat([one, other], 1))


critic = Critic()
optimizer = torch.optim.Adam(critic.parameters(), lr=0.01)
for step in range(60):
    together = critic(x, y).mean()
    apart = critic(x, y[torch.randperm(256)]).exp().mean().log()
    optimizer.zero_grad()
    (apart - together).backward()
    optimizer.step()
