# A trainer that configures its optimizer in each step; a regression.
import torch
from torch import nn

class Trainer:
    def __init__(self):
        self.model = nn.Sequential(nn.Flatten(), nn.Linear(64, 1))

    def configure(self):
        return torch.optim.RMSprop(self.model.parameters(), lr=0.01)  # finding: optimizer-made-anew

    def fit(self):
        for images, _ in train_loader:
            optimizer = self.configure()
            optimizer.zero_grad()
            target = images.mean((1, 2, 3))
            nn.functional.mse_loss(self.model(images).squeeze(1), target).backward()
            optimizer.step()


Trainer().fit()
