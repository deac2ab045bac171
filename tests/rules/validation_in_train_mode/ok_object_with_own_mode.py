# A class that is no module, with dropout and a mode of its own.
import torch
from torch import nn
from torch.nn import functional as F


class Net:
    def __init__(self):
        self.fc1, self.fc2, self.training = nn.Linear(64, 16), nn.Linear(16, 4), True

    def __call__(self, x):
        x = F.dropout(F.relu(self.fc1(x.flatten(1))), 0.2, self.training)
        return self.fc2(x)

    def parameters(self):
        yield from self.fc1.parameters()
        yield from self.fc2.parameters()


net = Net()
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
for epoch in range(2):
    net.training = True
    for images, labels in train_loader:
        optimizer.zero_grad()
        F.cross_entropy(net(images), labels).backward()
        optimizer.step()
    net.training = False
    with torch.no_grad():
        for images, labels in val_loader:
            net(images)
