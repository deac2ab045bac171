# Features without gradients, and an optimizer for the head alone.
import torch
from torch import nn

body, head = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.ReLU()), nn.Linear(16, 4)
optimizer = torch.optim.SGD(head.parameters(), lr=0.1)
for images, labels in train_loader:
    with torch.no_grad():
        features = body(images)
    optimizer.zero_grad()
    nn.functional.cross_entropy(head(features), labels).backward()
    optimizer.step()
