# The step comes before the forward pass, and the gradients are cleared after backward.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
for epoch in range(3):
    for images, labels in train_loader:
        optimizer.step()  # finding: gradients-cleared-before-step
        loss = nn.functional.cross_entropy(model(images), labels)
        loss.backward()
        optimizer.zero_grad()
