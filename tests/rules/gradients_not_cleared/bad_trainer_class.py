# A trainer whose clearing is commented out by a flag.
import torch
from torch import nn


class Trainer:
    clear_gradients = False

    def __init__(self, model):
        self.model = model
        self.optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)

    def step(self, loss):
        if self.clear_gradients:
            self.optimizer.zero_grad()
        loss.backward()  # finding: gradients-not-cleared
        self.optimizer.step()

    def fit(self, loader):
        for images, labels in loader:
            self.step(nn.functional.cross_entropy(self.model(images), labels))


Trainer(nn.Sequential(nn.Flatten(), nn.Linear(64, 4))).fit(train_loader)
