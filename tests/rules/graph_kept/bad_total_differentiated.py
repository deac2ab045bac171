# The total itself is differentiated, with its graph retained.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
total = 0.0
for images, labels in train_loader:
    total = total + nn.functional.cross_entropy(model(images), labels)
    optimizer.zero_grad()
    total.backward(retain_graph=True)  # finding: graph-kept
    optimizer.step()
