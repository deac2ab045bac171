# A trainer whose network multiplies what torch has made by two hundred.
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv, self.head = nn.Conv2d(1, 4, 3), nn.Linear(144, 4)
        for w in self.parameters():
            w.data.mul_(200)

    def forward(self, x):
        return self.head(self.conv(x).relu().flatten(1))


class Trainer:
    def __init__(self):
        self.net = Net()
        self.optimizer = torch.optim.SGD(self.net.parameters(), lr=0.01)
        self.criterion = nn.CrossEntropyLoss()

    def step(self, images, labels):
        scores = self.net(images)  # finding: absurd-initial-weights
        loss = self.criterion(scores, labels)
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()


trainer = Trainer()
for images, labels in train_loader:
    trainer.step(images, labels)
