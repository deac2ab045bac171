# A trainer class with a scheduler that comes too late.
import torch
from torch import nn


class Trainer:
    def __init__(self, model, lr=200.0):
        self.model = model
        self.optimizer = torch.optim.SGD(  # finding: learning-rate-too-high
            model.parameters(), lr=lr
        )
        self.scheduler = torch.optim.lr_scheduler.StepLR(self.optimizer, 1, 0.5)

    def fit(self, epochs):
        for _ in range(epochs):
            for images, labels in train_loader:
                self.optimizer.zero_grad()
                nn.functional.cross_entropy(self.model(images), labels).backward()
                self.optimizer.step()
            self.scheduler.step()


Trainer(nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 4))).fit(4)
