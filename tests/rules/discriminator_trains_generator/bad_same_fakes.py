# One batch of fakes for both, in methods of a class; all is cleared at the beginning of a step.
import torch
from torch import nn
import torch.nn.functional as F


class Duel:
    def __init__(self):
        self.g = nn.Sequential(nn.Linear(3, 16), nn.Tanh(), nn.Linear(16, 2))
        self.d = nn.Sequential(nn.Linear(2, 16), nn.Tanh(), nn.Linear(16, 1))
        self.of_g = torch.optim.SGD(self.g.parameters(), lr=0.02)
        self.of_d = torch.optim.SGD(self.d.parameters(), lr=0.02)

    def step(self, rows):
        self.of_d.zero_grad()
        self.of_g.zero_grad()
        fakes = self.g(torch.randn(len(rows), 3))
        told = F.softplus(-self.d(rows)).mean() + F.softplus(self.d(fakes)).mean()
        told.backward(retain_graph=True)  # finding: discriminator-trains-generator
        self.of_d.step()
        fooled = F.softplus(-self.d(self.g(torch.randn(len(rows), 3)))).mean()
        fooled.backward()
        self.of_g.step()


duel = Duel()
for step in range(20):
    duel.step(torch.randn(24, 2) * 0.3 + 1.0)
