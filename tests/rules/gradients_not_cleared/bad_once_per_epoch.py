# Cleared once per epoch, while each batch makes a step.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
for epoch in range(3):
    optimizer.zero_grad()
    for images, labels in train_loader:
        loss = nn.functional.cross_entropy(model(images), labels)
        loss.backward()  # finding: gradients-not-cleared
        optimizer.step()
