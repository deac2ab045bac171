# Convolution, normalisation and dropout, and nothing that isn't linear, in a class.
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 4, 3)
        self.norm = nn.BatchNorm2d(4)
        self.drop = nn.Dropout(0.2)
        self.head = nn.Linear(4 * 6 * 6, 4)

    def forward(self, x):
        return self.head(self.drop(self.norm(self.conv(x)).flatten(1)))  # finding: no-nonlinearity


class Trainer:
    def __init__(self):
        self.model = Net()
        self.optimizer = torch.optim.SGD(self.model.parameters(), lr=0.02)

    def step(self, images, labels):
        loss = nn.CrossEntropyLoss()(self.model(images), labels)
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()


trainer = Trainer()
for images, labels in train_loader:
    trainer.step(images, labels)
