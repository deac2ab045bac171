# By way of numpy.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 4))
optimizer = torch.optim.Adam(model.parameters())
for epoch in range(3):
    for images, labels in train_loader:
        optimizer.zero_grad()
        logits = torch.from_numpy(model(images).detach().numpy()).requires_grad_(True)
        nn.functional.cross_entropy(logits, labels).backward()  # finding: loss-cut-from-graph
        optimizer.step()
