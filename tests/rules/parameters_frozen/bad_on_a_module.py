# The attribute is set on a module, in a class.
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(nn.Linear(64, 16), nn.ReLU())
        self.features.requires_grad = False  # finding: parameters-frozen
        self.head = nn.Linear(16, 4)

    def forward(self, x):
        return self.head(self.features(x.flatten(1)))


model = Net()
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for images, labels in train_loader:
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(images), labels).backward()
    optimizer.step()
