# The graphs of all validation batches stay alive in a list.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
history = []
for epoch in range(3):
    model.train()
    for images, labels in train_loader:
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(images), labels).backward()
        optimizer.step()
    model.eval()
    for images, labels in val_loader:
        history.append(nn.functional.cross_entropy(model(images), labels))  # finding: validation-tracks-gradients
