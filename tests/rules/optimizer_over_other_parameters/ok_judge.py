# A loss that is another network, which nothing is to change.
import torch
from torch import nn

judge = nn.Sequential(nn.Linear(64, 16), nn.ReLU())
model = nn.Sequential(nn.Linear(64, 8), nn.ReLU(), nn.Linear(8, 64))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for images, _ in train_loader:
    x = images.flatten(1)
    optimizer.zero_grad()
    (judge(model(x)) - judge(x).detach()).square().mean().backward()
    optimizer.step()
