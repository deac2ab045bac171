# Yes or no by one number, and a loss for classes.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
for images, labels in train_loader:
    optimizer.zero_grad()
    loss = nn.functional.cross_entropy(model(images), torch.zeros_like(labels))  # finding: single-logit-cross-entropy
    loss.backward()
    optimizer.step()
