# One output, and the loss that is made for it.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
for images, labels in train_loader:
    optimizer.zero_grad()
    targets = (labels > 1).float()
    nn.functional.binary_cross_entropy_with_logits(model(images).squeeze(1), targets).backward()
    optimizer.step()
