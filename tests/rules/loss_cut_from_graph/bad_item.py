# The loss is made a number, and a tensor again.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for epoch in range(3):
    for images, labels in train_loader:
        optimizer.zero_grad()
        value = nn.functional.cross_entropy(model(images), labels).item()  # finding: loss-cut-from-graph
        loss = torch.tensor(value, requires_grad=True)
        loss.backward()
        optimizer.step()
