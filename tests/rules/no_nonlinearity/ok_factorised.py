# Few numbers between two linear layers: a factorisation, and a linear code.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 3), nn.Linear(3, 32), nn.ReLU(), nn.Linear(32, 4))
coder = nn.Sequential(nn.Flatten(), nn.Linear(64, 8), nn.Linear(8, 64))
adapter = nn.Sequential(nn.Flatten(), nn.Linear(64, 4, bias=False), nn.Linear(4, 4, bias=False))
parts = nn.ModuleList([model, coder, adapter])
optimizer = torch.optim.Adam(parts.parameters(), lr=0.01)
for images, labels in train_loader:
    loss = nn.functional.cross_entropy(model(images) + adapter(images), labels)
    loss = loss + nn.functional.mse_loss(coder(images), images.flatten(1))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
