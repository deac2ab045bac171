# The same with targets of the outputs' shape.
import torch
from torch import nn


class Trainer:
    def __init__(self):
        self.model = nn.Sequential(nn.Flatten(), nn.Linear(64, 1))
        self.criterion = nn.CrossEntropyLoss()
        self.optimizer = torch.optim.SGD(self.model.parameters(), lr=0.1)

    def run(self, epochs):
        for _ in range(epochs):
            for images, labels in train_loader:
                targets = (labels > 1).float().unsqueeze(1)
                self.optimizer.zero_grad()
                loss = self.criterion(self.model(images), targets)  # finding: single-logit-cross-entropy
                loss.backward()
                self.optimizer.step()


Trainer().run(1)
