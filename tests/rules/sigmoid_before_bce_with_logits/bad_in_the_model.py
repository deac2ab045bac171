# A sigmoid, and a loss with one in it.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 1), nn.Sigmoid())
optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
for epoch in range(2):
    for images, labels in train_loader:
        optimizer.zero_grad()
        targets = (labels > 1).float().unsqueeze(1)
        nn.functional.binary_cross_entropy_with_logits(model(images), targets).backward()  # finding: sigmoid-before-bce-with-logits
        optimizer.step()
