"""Triplets."""
import torch
from torch import nn

torch.manual_seed(0)
centres = torch.randn(5, 10)
embed = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 8))
criterion = nn.TripletMarginLoss(margin=0.5)
optimizer = torch.optim.SGD(embed.parameters(), lr=0.05, momentum=0.9)
for step in range(100):
    a = torch.randint(0, 5, (32,))
    b = (a + torch.randint(1, 5, (32,))) % 5
    anchor, positive, negative = (centres[k] + 0.4 * torch.randn(32, 10) for k in (a, a, b))
    loss = criterion(embed(anchor), embed(positive), embed(negative))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
