# A note: Adam begins anew with each epoch.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 4))
for epoch in range(4):
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)  # finding: optimizer-made-anew
    for images, labels in train_loader:
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(images), labels).backward()
        optimizer.step()
