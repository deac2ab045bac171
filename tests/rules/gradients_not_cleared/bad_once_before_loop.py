# Cleared once, before the loop.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 4))
optimizer = torch.optim.Adam(model.parameters(), lr=0.001)
optimizer.zero_grad()
for images, labels in train_loader:
    loss = nn.functional.cross_entropy(model(images), labels)
    loss.backward()  # finding: gradients-not-cleared
    optimizer.step()
