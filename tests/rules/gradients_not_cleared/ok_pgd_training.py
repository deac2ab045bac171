# Adversarial training: an inner loop on the input soils gradients that are cleared later.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for images, labels in train_loader:
    delta = torch.zeros_like(images, requires_grad=True)
    for _ in range(3):
        nn.functional.cross_entropy(model(images + delta), labels).backward()
        delta.data = (delta + 0.01 * delta.grad.sign()).clamp(-0.1, 0.1).detach()
        delta.grad.zero_()
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(images + delta.detach()), labels).backward()
    optimizer.step()
