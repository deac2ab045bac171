# A trainer that steps when it has the loss, and goes back afterwards.
import torch
from torch import nn

class Trainer:
    def __init__(self, model):
        self.model = model
        self.optimizer = torch.optim.Adam(model.parameters(), lr=0.01)

    def apply(self):
        self.optimizer.step()  # finding: step-before-backward

    def fit(self):
        for images, _ in train_loader:
            x = images.flatten(1)
            self.optimizer.zero_grad()
            loss = nn.functional.mse_loss(self.model(x), x)
            self.apply()
            loss.backward()


Trainer(nn.Sequential(nn.Linear(64, 8), nn.ReLU(), nn.Linear(8, 64))).fit()
