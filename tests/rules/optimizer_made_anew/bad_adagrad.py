# A note: Adagrad, which adds up all squares, is made anew in each epoch.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 4))
for epoch in range(3):
    optimizer = torch.optim.Adagrad(model.parameters(), lr=0.05)  # finding: optimizer-made-anew
    for images, labels in train_loader:
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(images), labels).backward()
        optimizer.step()
