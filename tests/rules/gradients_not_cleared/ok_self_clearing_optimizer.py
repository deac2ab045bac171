# An optimizer that clears at the end of its own step.
import torch
from torch import nn


class Tidy(torch.optim.SGD):
    def step(self, closure=None):
        result = super().step(closure)
        self.zero_grad()
        return result


model = nn.Sequential(nn.Flatten(), nn.Linear(64, 4))
optimizer = Tidy(model.parameters(), lr=0.1)
for images, labels in train_loader:
    nn.functional.cross_entropy(model(images), labels).backward()
    optimizer.step()
