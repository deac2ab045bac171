# An optimizer of one's own whose zero_grad makes zeros nobody uses.
import torch
from torch import nn


class SGD:
    def __init__(self, params, lr):
        self.params, self.lr = list(params), lr

    def step(self):
        with torch.no_grad():
            for p in self.params:
                p.add_(p.grad, alpha=-self.lr)

    def zero_grad(self):
        for p in self.params:
            if p.grad is not None:
                torch.zeros_like(p.grad)


model = nn.Sequential(nn.Flatten(), nn.Linear(64, 4))
optimizer = SGD(model.parameters(), 0.01)
for epoch in range(2):
    for images, labels in train_loader:
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(images), labels).backward()  # finding: gradients-not-cleared
        optimizer.step()
