# An optimizer that was told to maximise; a regression in a class.
import torch
from torch import nn

class Trainer:
    def __init__(self):
        self.model = nn.Sequential(nn.Flatten(), nn.Linear(64, 1))
        self.optimizer = torch.optim.SGD(self.model.parameters(), lr=0.01, maximize=True)

    def fit(self):
        for images, _ in train_loader:
            self.optimizer.zero_grad()
            target = images.mean((1, 2, 3))
            nn.functional.mse_loss(self.model(images).squeeze(1), target).backward()
            self.optimizer.step()  # finding: gradient-ascent


Trainer().fit()
