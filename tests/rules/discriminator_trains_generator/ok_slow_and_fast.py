# Two optimizers along one loss, of which one steps every second batch, along both gradients.
import torch
from torch import nn

table, head = nn.Linear(64, 16), nn.Linear(16, 4)
fast = torch.optim.SGD(head.parameters(), lr=0.05)
slow = torch.optim.SGD(table.parameters(), lr=0.02)
for number, (images, labels) in enumerate(train_loader):
    fast.zero_grad()
    nn.functional.cross_entropy(head(table(images.flatten(1)).tanh()), labels).backward()
    fast.step()
    if number % 2:
        slow.step()
        slow.zero_grad()
