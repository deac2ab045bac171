# One is clipped after the other one's step.
import torch
from torch import nn

first, second = nn.Linear(64, 16), nn.Linear(64, 4)
one, two = torch.optim.SGD(first.parameters(), lr=0.1), torch.optim.SGD(second.parameters(), lr=0.1)
for images, labels in train_loader:
    x = images.flatten(1)
    one.zero_grad()
    two.zero_grad()
    first(x).square().mean().backward()
    nn.functional.cross_entropy(second(x), labels).backward()
    one.step()
    nn.utils.clip_grad_norm_(second.parameters(), 1.0)
    two.step()
