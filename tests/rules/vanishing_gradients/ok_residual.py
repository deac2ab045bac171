# Twelve sigmoid layers with connections that skip them.
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.head = nn.Linear(64, 16), nn.Linear(16, 4)
        self.blocks = nn.ModuleList(nn.Linear(16, 16) for _ in range(12))

    def forward(self, x):
        x = self.first(x.flatten(1))
        for block in self.blocks:
            x = x + torch.sigmoid(block(x)) - 0.5
        return self.head(x)


model = Net()
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
for images, labels in train_loader:
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(images), labels).backward()
    optimizer.step()
