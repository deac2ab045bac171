# A note: a module is frozen by its method, and the optimizer was given all.
import torch
from torch import nn

def build():
    return nn.Sequential(nn.Linear(64, 8), nn.Tanh(), nn.Linear(8, 64))


model = build()
model[0].requires_grad_(False)  # finding: parameters-frozen
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for images, _ in train_loader:
    x = images.flatten(1)
    optimizer.zero_grad()
    nn.functional.mse_loss(model(x), x).backward()
    optimizer.step()
