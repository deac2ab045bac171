# An image is made by an optimizer, through a frozen model.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 4))
model.requires_grad_(False)
image = torch.zeros(1, 1, 8, 8, requires_grad=True)
optimizer = torch.optim.Adam([image], lr=0.1)
for step in range(40):
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(image), torch.tensor([2])).backward()
    optimizer.step()
