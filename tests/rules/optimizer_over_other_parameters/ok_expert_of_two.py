# A part of the model that no loss needs, and an optimizer that holds it.
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Linear(64, 16)
        self.heads = nn.ModuleList([nn.Linear(16, 4), nn.Linear(16, 7)])

    def forward(self, x):
        return self.heads[0](torch.relu(self.body(x.flatten(1))))


model = Net()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for images, labels in train_loader:
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(images), labels).backward()
    optimizer.step()
