# A trainer that collects the layers' parameters by hand.
import torch
from torch import nn

class Trainer:
    def __init__(self, model):
        self.model = model
        found = [p for part in model.modules() for p in part.parameters()]
        self.optimizer = torch.optim.SGD(found, lr=0.05)  # finding: weight-shared-twice-in-optimizer

    def fit(self):
        for images, labels in train_loader:
            self.optimizer.zero_grad()
            nn.functional.cross_entropy(self.model(images), labels).backward()
            self.optimizer.step()


model = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 4))
Trainer(model).fit()
