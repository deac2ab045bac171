# A network that asks for no gradients, though an optimizer holds it for a later phase.
import torch
import torch.nn.functional as F
from torch import nn

body = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.ReLU())
head = nn.Linear(16, 4)
for weight in body.parameters():
    weight.requires_grad_(False)
of_body = torch.optim.SGD(body.parameters(), lr=0.01)
of_head = torch.optim.SGD(head.parameters(), lr=0.1)
for images, labels in train_loader:
    of_head.zero_grad()
    F.cross_entropy(head(body(images)), labels).backward()
    of_head.step()
    of_body.step()
