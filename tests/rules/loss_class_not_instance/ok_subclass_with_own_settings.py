# A class made from torch's own takes two tensors as settings of its own.
import torch
from torch import nn


class Shifted(nn.CrossEntropyLoss):
    def __init__(self, weights, shifts):
        super().__init__(weights)
        self.shifts = shifts

    def forward(self, logits, labels):
        return super().forward(logits + self.shifts, labels)


model = nn.Sequential(nn.Flatten(), nn.Linear(64, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
criterion = Shifted(torch.ones(4), torch.zeros(4))
for images, labels in train_loader:
    optimizer.zero_grad()
    criterion(model(images), labels).backward()
    optimizer.step()
