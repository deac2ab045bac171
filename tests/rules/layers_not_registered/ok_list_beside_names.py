# A list of layers that are also registered by name.
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.out = nn.Linear(64, 16), nn.Linear(16, 4)
        self.order = [self.first, nn.ReLU(), self.out]

    def forward(self, x):
        x = x.flatten(1)
        for layer in self.order:
            x = layer(x)
        return x


model = Net()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for images, labels in train_loader:
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(images), labels).backward()
    optimizer.step()
