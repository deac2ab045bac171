# Each gradient is thrown away by hand before the step.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for epoch in range(3):
    for images, labels in train_loader:
        nn.functional.cross_entropy(model(images), labels).backward()
        for p in model.parameters():
            p.grad = None
        optimizer.step()  # finding: gradients-cleared-before-step
