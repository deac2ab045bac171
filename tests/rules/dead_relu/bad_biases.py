# Biases far below zero.
import torch
from torch import nn

model = nn.Sequential(
    nn.Flatten(),
    nn.Linear(64, 16),  # finding: dead-relu
    nn.ReLU(),
    nn.Linear(16, 4),
)
with torch.no_grad():
    model[1].bias.fill_(-100.0)
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for images, labels in train_loader:
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(images), labels).backward()
    optimizer.step()
