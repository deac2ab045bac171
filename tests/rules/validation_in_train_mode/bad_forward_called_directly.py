# model.forward(x) in training mode.
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1, self.drop, self.fc2 = nn.Linear(64, 16), nn.Dropout(0.3), nn.Linear(16, 4)

    def features(self, x):
        return self.drop(torch.relu(self.fc1(x)))

    def forward(self, x):
        return self.fc2(self.features(x.flatten(1)))


net = Net()
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
for epoch in range(2):
    for images, labels in train_loader:
        optimizer.zero_grad()
        nn.functional.cross_entropy(net.forward(images), labels).backward()
        optimizer.step()
    with torch.no_grad():
        for images, labels in val_loader:
            net.forward(images)  # finding: validation-in-train-mode
