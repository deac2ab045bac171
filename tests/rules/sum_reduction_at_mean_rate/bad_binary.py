# Yes or no, in a class.
import torch
from torch import nn


class Trainer:
    def __init__(self):
        self.model = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 16), nn.ReLU(), nn.Linear(16, 1))
        self.optimizer = torch.optim.SGD(self.model.parameters(), lr=0.3, momentum=0.9)
        self.criterion = nn.BCEWithLogitsLoss(reduction="sum")

    def step(self, images, labels):
        targets = (labels > 1).float().unsqueeze(1)
        scores = self.model(images)
        loss = self.criterion(scores, targets)  # finding: sum-reduction-at-mean-rate
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()


trainer = Trainer()
for _ in range(3):
    for images, labels in train_loader:
        trainer.step(images, labels)
