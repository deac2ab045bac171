# Images that are changed along their own gradient, then trained on.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for epoch in range(3):
    for images, labels in train_loader:
        images = images.clone().requires_grad_()
        nn.functional.cross_entropy(model(images), labels).backward()
        images = (images + 0.05 * images.grad.sign()).detach()
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(images), labels).backward()
        optimizer.step()
