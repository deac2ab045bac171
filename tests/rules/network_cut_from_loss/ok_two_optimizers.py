# One loss, and an optimizer for each of two parts.
import torch
import torch.nn.functional as F
from torch import nn

body = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.ReLU())
head = nn.Linear(16, 4)
of_body = torch.optim.SGD(body.parameters(), lr=0.05)
of_head = torch.optim.Adam(head.parameters(), lr=0.01)
for images, labels in train_loader:
    of_body.zero_grad()
    of_head.zero_grad()
    F.cross_entropy(head(body(images)), labels).backward()
    of_head.step()
    of_body.step()
