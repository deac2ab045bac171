# Two tasks on one trunk: the first one's gradient stays in the trunk, for its step along both.
import torch
import torch.nn.functional as F
from torch import nn

rows = torch.randn(200, 9)
kinds, sizes = (rows[:, 0] > 0).long(), rows[:, 1:2] * 2
trunk = nn.Sequential(nn.Linear(9, 24), nn.ReLU())
kind, size = nn.Linear(24, 2), nn.Linear(24, 1)
of_kind = torch.optim.Adam(kind.parameters(), lr=5e-3)
of_rest = torch.optim.Adam([*trunk.parameters(), *size.parameters()], lr=5e-3)
for epoch in range(4):
    for k in range(0, 200, 40):
        x = rows[k:k + 40]
        of_kind.zero_grad()
        of_rest.zero_grad()
        F.cross_entropy(kind(trunk(x)), kinds[k:k + 40]).backward()
        of_kind.step()
        (F.mse_loss(size(trunk(x)), sizes[k:k + 40]) + 0 * kind(trunk(x)).sum()).backward()
        of_rest.step()
