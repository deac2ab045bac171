# Twelve layers whose weights are drawn with a fixed standard deviation, whatever their inputs.
import torch
from torch import nn

layers = [nn.Flatten(), nn.Linear(64, 48)]
for _ in range(12):
    layers += [nn.ReLU(), nn.Linear(48, 48)]  # finding: exploding-gradients
model = nn.Sequential(*layers, nn.ReLU(), nn.Linear(48, 4))
for layer in model:
    if isinstance(layer, nn.Linear):
        nn.init.normal_(layer.weight, std=0.5)
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
for epoch in range(10):
    for images, labels in train_loader:
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(images), labels).backward()
        optimizer.step()
