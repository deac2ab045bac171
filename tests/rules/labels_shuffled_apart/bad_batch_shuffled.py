# The labels of each batch are mixed up, in the method of a class.
import torch
from torch import nn


class Trainer:
    def __init__(self):
        self.net = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 4))
        self.criterion = nn.CrossEntropyLoss()
        self.optimizer = torch.optim.Adam(self.net.parameters())

    def step(self, x, y):
        y = y[torch.randperm(len(y))]
        loss = self.criterion(self.net(x), y)  # finding: labels-shuffled-apart
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()


trainer = Trainer()
for images, labels in train_loader:
    trainer.step(images, labels)
