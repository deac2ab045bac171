# A table with columns in the thousands, in a class.
import torch
from torch import nn

x = torch.randn(128, 6) * torch.tensor([1.0, 10.0, 1000.0, 5000.0, 1.0, 1.0])
y = (x[:, 0] > 0).long()


class Trainer:
    def __init__(self):
        self.model = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 2))
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=0.001)

    def run(self, steps):
        for _ in range(steps):
            scores = self.model(x)  # finding: inputs-unscaled
            loss = nn.CrossEntropyLoss()(scores, y)
            self.optimizer.zero_grad()
            loss.backward()
            self.optimizer.step()


Trainer().run(12)
