# Weights drawn with a deviation of twenty.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 4))
for p in model.parameters():
    nn.init.normal_(p, std=20.0)
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for images, labels in train_loader:
    optimizer.zero_grad()
    loss = nn.functional.cross_entropy(model(images), labels)  # finding: absurd-initial-weights
    loss.backward()
    optimizer.step()
