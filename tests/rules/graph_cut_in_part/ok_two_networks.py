# A generator whose pictures are cut off for the judge, and not for itself.
import torch
from torch import nn

maker, judge = nn.Linear(8, 64), nn.Linear(64, 1)
ours = torch.optim.Adam(maker.parameters(), lr=1e-3)
theirs = torch.optim.Adam(judge.parameters(), lr=1e-3)
bce = nn.functional.binary_cross_entropy_with_logits
for images, _ in train_loader:
    made, one = maker(torch.randn(len(images), 8)), torch.ones(len(images), 1)
    theirs.zero_grad()
    (bce(judge(images.flatten(1)), one) + bce(judge(made.detach()), 0 * one)).backward()
    theirs.step()
    ours.zero_grad()
    bce(judge(made), one).backward()
    ours.step()
