# Scales of one, biases of zero, an unused head of zeros.
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.norm, self.b = nn.Linear(64, 16), nn.LayerNorm(16), nn.Linear(16, 4)
        self.unused = nn.Linear(16, 8)
        nn.init.zeros_(self.unused.weight)
        nn.init.zeros_(self.a.bias)

    def forward(self, x):
        return self.b(self.norm(self.a(x.flatten(1))).relu())


model = Net()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for epoch in range(3):
    for images, labels in train_loader:
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(images), labels).backward()
        optimizer.step()
