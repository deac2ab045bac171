# The head's parameters come with the model's, and once more.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 4))
parameters = list(model.parameters()) + list(model[3].parameters())
optimizer = torch.optim.SGD(parameters, lr=0.1)  # finding: weight-shared-twice-in-optimizer
for images, labels in train_loader:
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(images), labels).backward()
    optimizer.step()
