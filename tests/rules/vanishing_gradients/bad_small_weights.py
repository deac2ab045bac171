# A deep network whose weights begin ten times too small; a class that trains.
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleList(nn.Linear(64 if n == 0 else 32, 32) for n in range(8))  # finding: vanishing-gradients
        self.head = nn.Linear(32, 4)
        for layer in self.layers:
            nn.init.normal_(layer.weight, std=0.02)

    def forward(self, x):
        x = x.flatten(1)
        for layer in self.layers:
            x = torch.tanh(layer(x))
        return self.head(x)


class Trainer:
    def __init__(self):
        self.net = Net()
        self.optimizer = torch.optim.SGD(self.net.parameters(), lr=0.05)

    def step(self, images, labels):
        loss = nn.CrossEntropyLoss()(self.net(images), labels)
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()


trainer = Trainer()
for images, labels in train_loader:
    trainer.step(images, labels)
