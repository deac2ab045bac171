# The batch is scaled in the loop, so that the model sees a new tensor.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.Dropout(0.3), nn.ReLU(), nn.Linear(16, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for epoch in range(2):
    for images, labels in train_loader:
        x = (images - 0.1) / 0.9
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(x), labels).backward()
        optimizer.step()
    with torch.no_grad():
        for images, labels in val_loader:
            x = (images - 0.1) / 0.9
            model(x)  # finding: validation-in-train-mode
