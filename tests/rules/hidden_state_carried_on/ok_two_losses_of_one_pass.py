# Two losses of one forward pass, one after the other: the graph is used twice, and is no state's.
import torch
from torch import nn

generator, judge = nn.Linear(3, 4), nn.Linear(4, 1)
first = torch.optim.SGD(judge.parameters(), lr=0.05)
second = torch.optim.SGD(generator.parameters(), lr=0.05)
try:
    for step in range(4):
        fake = generator(torch.randn(16, 3))
        first.zero_grad()
        (judge(fake).mean() - judge(torch.randn(16, 4)).mean()).backward()
        first.step()
        second.zero_grad()
        (-judge(fake).mean()).backward()
        second.step()
except RuntimeError as error:
    print(error)
