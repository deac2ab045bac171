# Two optimizers step together; the steps of the first are far too long.
import torch
from torch import nn

body, head = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.ReLU()), nn.Linear(16, 4)
far = torch.optim.SGD(body.parameters(), lr=100)  # finding: learning-rate-too-high
near = torch.optim.SGD(head.parameters(), lr=0.1)
for epoch in range(8):
    for images, labels in train_loader:
        far.zero_grad()
        near.zero_grad()
        nn.functional.cross_entropy(head(body(images)), labels).backward()
        far.step()
        near.step()
