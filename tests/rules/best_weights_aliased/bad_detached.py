# Detached tensors, which share their numbers with the parameters.
import torch
from torch import nn


class Keeper:
    def __init__(self, network):
        self.network = network
        self.weights = {}

    def keep(self):
        self.weights = {name: value.detach() for name, value in self.network.named_parameters()}

    def restore(self):
        self.network.load_state_dict(self.weights)  # finding: best-weights-aliased


network = nn.Sequential(nn.Linear(3, 8), nn.ReLU(), nn.Linear(8, 1))
keeper = Keeper(network)
optimizer = torch.optim.SGD(network.parameters(), lr=0.05)
x = torch.randn(40, 3)
y = x.prod(1, keepdim=True)
for step in range(12):
    optimizer.zero_grad()
    nn.functional.mse_loss(network(x), y).backward()
    optimizer.step()
    if step == 6:
        keeper.keep()
keeper.restore()
