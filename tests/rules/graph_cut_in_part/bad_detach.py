# A detach() between two layers.
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(64, 16)
        self.second = nn.Linear(16, 4)

    def forward(self, x):
        hidden = torch.relu(self.first(x.flatten(1))).detach()  # finding: graph-cut-in-part
        return self.second(hidden)


model = Net()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for images, labels in train_loader:
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(images), labels).backward()
    optimizer.step()
