# One network's forward pass comes before the other one's step.
import torch
from torch import nn

maker, judge = nn.Linear(8, 64), nn.Linear(64, 1)
ours, theirs = torch.optim.Adam(maker.parameters()), torch.optim.Adam(judge.parameters())
bce = nn.functional.binary_cross_entropy_with_logits
for images, _ in train_loader:
    theirs.zero_grad()
    real, one = judge(images.flatten(1)), torch.ones(len(images), 1)
    bce(real, one).backward()
    made = maker(torch.randn(len(images), 8))
    theirs.step()
    ours.zero_grad()
    bce(judge(made), one).backward()
    ours.step()
