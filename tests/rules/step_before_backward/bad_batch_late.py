# A linear model that goes by the gradients of the batch before.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for images, labels in train_loader:
    loss = nn.functional.cross_entropy(model(images), labels)
    optimizer.step()  # finding: step-before-backward
    optimizer.zero_grad()
    loss.backward()
