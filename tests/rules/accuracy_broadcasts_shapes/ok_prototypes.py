# The nearest of as many stored rows as the batch has: a column of labels meets a row of others.
import torch
from torch import nn

net = nn.Sequential(nn.Flatten(), nn.Linear(64, 4))
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
bank = torch.randint(0, 4, (16,))
for images, labels in train_loader:
    optimizer.zero_grad()
    nn.functional.cross_entropy(net(images), labels).backward()
    optimizer.step()
    agree = (labels.view(-1, 1) == bank).float().mean()
