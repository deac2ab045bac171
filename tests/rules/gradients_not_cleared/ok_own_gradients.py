# The gradients are computed by torch.autograd.grad and handed to the optimizer.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
parameters = list(model.parameters())
for images, labels in train_loader:
    loss = nn.functional.cross_entropy(model(images), labels)
    for p, g in zip(parameters, torch.autograd.grad(loss, parameters)):
        p.grad = g
    optimizer.step()
