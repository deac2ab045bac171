# A trainer whose validation method forgets no_grad.
import torch
from torch import nn


class Trainer:
    def __init__(self):
        self.model = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 4))
        self.optimizer = torch.optim.SGD(self.model.parameters(), lr=0.1)

    def predict(self, images):
        return self.model(images)  # finding: validation-tracks-gradients

    def fit(self):
        for epoch in range(2):
            self.model.train()
            for images, labels in train_loader:
                self.optimizer.zero_grad()
                nn.functional.cross_entropy(self.predict(images), labels).backward()
                self.optimizer.step()
            self.validate()

    def validate(self):
        self.model.eval()
        return [self.predict(images).argmax(1) for images, _ in val_loader]


Trainer().fit()
