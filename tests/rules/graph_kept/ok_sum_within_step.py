# Losses of the parts of a batch, added up and differentiated once.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for images, labels in train_loader:
    optimizer.zero_grad()
    total, parts = 0.0, []
    for one, label in zip(images.split(4), labels.split(4)):
        parts.append(nn.functional.cross_entropy(model(one), label))
        total = total + parts[-1]
    total.backward()
    optimizer.step()
