# A likelihood may be negative: its size says nothing.
import torch
from torch import nn

mean = nn.Parameter(torch.zeros(64))
spread = nn.Parameter(torch.full((64,), -3.0))
optimizer = torch.optim.Adam([mean, spread], lr=0.05)
for epoch in range(3):
    for images, _ in train_loader:
        normal = torch.distributions.Normal(mean, spread.exp())
        optimizer.zero_grad()
        (-normal.log_prob(images.flatten(1) * 0.01).mean()).backward()
        optimizer.step()
