# Validated every tenth step; the mode comes back with the next epoch only.
import torch
from torch import nn

class Trainer:
    def __init__(self):
        self.model = nn.Sequential(
            nn.Flatten(), nn.Linear(64, 32), nn.BatchNorm1d(32), nn.ReLU(), nn.Dropout(0.2), nn.Linear(32, 4)
        )
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=1e-3)
        self.count = 0

    @torch.no_grad()
    def validate(self):
        self.model.eval()
        return sum((self.model(x).argmax(1) == y).sum().item() for x, y in val_loader)

    def epoch(self):
        self.model.train()
        for x, y in train_loader:
            if self.count and self.count % 10 == 0:
                self.validate()
            self.count += 1
            self.optimizer.zero_grad()
            loss = nn.functional.cross_entropy(self.model(x), y)  # finding: training-in-evaluation-mode
            loss.backward()
            self.optimizer.step()


trainer = Trainer()
for _ in range(5):
    trainer.epoch()
    trainer.validate()
