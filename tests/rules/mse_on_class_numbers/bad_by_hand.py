# Squares by hand, in a class of its own; answers by torch.max, compared in the training loop.
import torch
from torch import nn


class Trainer:
    def __init__(self):
        self.net = nn.Sequential(nn.Flatten(), nn.Linear(64, 4))
        self.optimizer = torch.optim.SGD(self.net.parameters(), lr=0.005)
        self.right = 0

    def step(self, x, y):
        out = self.net(x)
        loss = ((out - y[:, None]) ** 2).mean()
        self.optimizer.zero_grad()
        loss.backward()  # finding: mse-on-class-numbers
        self.optimizer.step()
        _, best = torch.max(out, 1)
        self.right += torch.eq(y, best).sum().item()


trainer = Trainer()
for images, labels in train_loader:
    trainer.step(images, labels)
