# A schedule that leaves nothing of the rate, in a class.
import torch
from torch import nn

class Trainer:
    def __init__(self, model):
        self.model = model
        self.optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
        decay = torch.optim.lr_scheduler.LambdaLR
        self.schedule = decay(self.optimizer, lambda n: 0.3**n)  # finding: learning-rate-too-low

    def fit(self):
        for epoch in range(3):
            for images, labels in train_loader:
                self.optimizer.zero_grad()
                nn.functional.cross_entropy(self.model(images), labels).backward()
                self.optimizer.step()
                self.schedule.step()


model = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 4))
Trainer(model).fit()
