# The logarithm of a softmax, kept from being that of zero.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for epoch in range(3):
    for images, labels in train_loader:
        optimizer.zero_grad()
        logs = (model(images).softmax(1) + 1e-6).log()
        nn.functional.nll_loss(logs, labels).backward()
        optimizer.step()
