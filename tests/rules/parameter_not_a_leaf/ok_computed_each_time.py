# A leaf of the program's own, scaled anew in each step.
import torch
from torch import nn

scale = torch.ones(4, requires_grad=True)
model = nn.Sequential(nn.Flatten(), nn.Linear(64, 4))
optimizer = torch.optim.SGD([scale, *model.parameters()], lr=0.1)
for images, labels in train_loader:
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(images) * (scale * 2), labels).backward()
    optimizer.step()
