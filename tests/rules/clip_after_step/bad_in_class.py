# A trainer that steps first; values are clipped.
import torch
from torch import nn

class Trainer:
    def __init__(self, model):
        self.model = model
        self.optimizer = torch.optim.Adam(model.parameters(), lr=0.01)

    def batch(self, images, labels):
        self.optimizer.zero_grad()
        loss = nn.functional.cross_entropy(self.model(images), labels)
        loss.backward()
        self.optimizer.step()
        self.limit()

    def limit(self):
        torch.nn.utils.clip_grad_value_(self.model.parameters(), 0.5)  # finding: clip-after-step

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 4))
trainer = Trainer(model)
for images, labels in train_loader:
    trainer.batch(images, labels)
