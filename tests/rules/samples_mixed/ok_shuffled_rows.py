# The model is shown the rows in another order, and features in another order.
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 4))

    def forward(self, x):
        order = torch.randperm(len(x))
        return self.layers(x.permute(0, 3, 2, 1).flatten(1)[order])[order.argsort()]


model = Net()
optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
for images, labels in train_loader:
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(images), labels).backward()
    optimizer.step()
