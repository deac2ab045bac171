# Mean squared error.
import torch
from torch import nn

model = nn.Linear(64, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
for images, labels in train_loader:
    optimizer.zero_grad()
    error = nn.MSELoss(model(images.flatten(1)).squeeze(1), labels.float())  # finding: loss-class-not-instance
    error.backward()
    optimizer.step()
