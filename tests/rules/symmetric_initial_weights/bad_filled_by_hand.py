# Filled without a function of torch.nn.init; the finding points to the call of the model.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 4))
with torch.no_grad():
    for p in model.parameters():
        p.fill_(0.05)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for epoch in range(3):
    for images, labels in train_loader:
        optimizer.zero_grad()
        logits = model(images)  # finding: symmetric-initial-weights
        nn.functional.cross_entropy(logits, labels).backward()
        optimizer.step()
