# Weights of deviation three, whose outputs are normalised.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.LayerNorm(16), nn.ReLU(), nn.Linear(16, 4))
nn.init.normal_(model[1].weight, std=3.0)
optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
for images, labels in train_loader:
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(images), labels).backward()
    optimizer.step()
