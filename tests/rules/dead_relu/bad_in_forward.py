# The function is applied in the model's forward, on the line that runs the layer.
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden = nn.Linear(64, 16)
        self.head = nn.Linear(16, 4)

    def forward(self, x):
        x = torch.relu(self.hidden(x.flatten(1)))  # finding: dead-relu
        return self.head(x)


model = Net()
with torch.no_grad():
    model.hidden.bias.fill_(-200.0)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for images, labels in train_loader:
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(images), labels).backward()
    optimizer.step()
