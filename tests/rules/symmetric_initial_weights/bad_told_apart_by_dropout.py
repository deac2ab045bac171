# Each layer is filled with one number, and only dropout makes any difference between the units.
import torch
from torch import nn

model = nn.Sequential(
    nn.Flatten(), nn.Linear(64, 16), nn.ReLU(), nn.Dropout(0.2), nn.Linear(16, 4)
)
for w in model.parameters():
    nn.init.constant_(w, 0.1)  # finding: symmetric-initial-weights
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
for images, labels in train_loader:
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(images), labels).backward()
    optimizer.step()
