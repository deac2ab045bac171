# No loaders: one tensor each for training and validation.
import torch
from torch import nn

x, y = train_loader.dataset.tensors
xv, yv = val_loader.dataset.tensors
model = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.Tanh(), nn.Linear(16, 4))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(20):
    model.train()
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(x), y).backward()
    optimizer.step()
    model.eval()
    with torch.no_grad():
        model(xv)
