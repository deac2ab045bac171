# So many steps that not each forward pass is written down any more.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 8), nn.ReLU(), nn.Linear(8, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
for epoch in range(8):
    for images, labels in train_loader:
        loss = nn.functional.cross_entropy(model(images), labels)
        optimizer.zero_grad()
        optimizer.step()  # finding: step-before-backward
        loss.backward()
