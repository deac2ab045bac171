# Ten layers of sigmoids.
import torch
from torch import nn

layers = [nn.Flatten(), nn.Linear(64, 16)]
for _ in range(10):
    layers += [nn.Sigmoid(), nn.Linear(16, 16)]  # finding: vanishing-gradients
model = nn.Sequential(*layers, nn.Sigmoid(), nn.Linear(16, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for images, labels in train_loader:
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(images), labels).backward()
    optimizer.step()
