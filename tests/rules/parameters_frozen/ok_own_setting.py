# A module with a setting of its own that has a like name.
import torch
from torch import nn

class Scaled(nn.Module):
    def __init__(self, requires_grad):
        super().__init__()
        self.requires_grad = requires_grad
        self.size = nn.Parameter(torch.ones(64), requires_grad=requires_grad)

    def forward(self, x):
        return x.flatten(1) * self.size


model = nn.Sequential(Scaled(requires_grad=False), nn.Linear(64, 4))
optimizer = torch.optim.SGD(model[1].parameters(), lr=0.1)
for images, labels in train_loader:
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(images), labels).backward()
    optimizer.step()
