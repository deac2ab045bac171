# A later part of the program sets the rate to 200.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)  # finding: learning-rate-grows
for epoch in range(20):
    for images, labels in train_loader:
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(images), labels).backward()
        optimizer.step()
    if epoch == 11:
        for group in optimizer.param_groups:
            group["lr"] = 200.0
