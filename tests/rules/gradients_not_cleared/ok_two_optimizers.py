# Two optimizers for two halves of one network.
import torch
from torch import nn

body = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.ReLU())
head = nn.Linear(16, 4)
opt_body = torch.optim.SGD(body.parameters(), lr=0.05)
opt_head = torch.optim.Adam(head.parameters(), lr=0.01)
for images, labels in train_loader:
    for opt in (opt_body, opt_head):
        opt.zero_grad()
    nn.functional.cross_entropy(head(body(images)), labels).backward()
    opt_body.step()
    opt_head.step()
