# Fakes come from a function that samples without a graph.
import torch
from torch import nn


class Sampler(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(3, 16), nn.ReLU(), nn.Linear(16, 2))

    @torch.no_grad()
    def sample(self, n):
        return self.body(torch.randn(n, 3))


maker, judge = Sampler(), nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 1))
of_maker = torch.optim.RMSprop(maker.parameters(), lr=5e-4)
of_judge = torch.optim.RMSprop(judge.parameters(), lr=5e-4)
for step in range(20):
    loss = judge(maker.sample(32)).mean() - judge(torch.randn(32, 2) + 2).mean() + (judge(torch.randn(8, 2)) ** 2).mean()
    of_judge.zero_grad()
    loss.backward()
    of_judge.step()
    score = -judge(maker.sample(32)).mean()
    of_maker.zero_grad()
    score.backward()  # finding: network-cut-from-loss
    of_maker.step()
