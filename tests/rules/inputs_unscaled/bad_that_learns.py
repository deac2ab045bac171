# Pixels of 0 to 255 through a convolution; it learns in spite of them.
import torch
from torch import nn

model = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(144, 4))
optimizer = torch.optim.Adam(model.parameters(), lr=0.003)
for epoch in range(4):
    for images, labels in train_loader:
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(images * 80), labels)  # finding: inputs-unscaled
        loss.backward()
        optimizer.step()
