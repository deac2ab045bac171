# The method is named and not called.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
for images, labels in train_loader:
    optimizer.zero_grad
    nn.functional.cross_entropy(model(images), labels).backward()  # finding: gradients-not-cleared
    optimizer.step()
