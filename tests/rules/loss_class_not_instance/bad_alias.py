# The class under another name.
import torch
from torch import nn
from torch.nn import CrossEntropyLoss as criterion

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for images, labels in train_loader:
    optimizer.zero_grad()
    criterion(model(images), labels).backward()  # finding: loss-class-not-instance
    optimizer.step()
