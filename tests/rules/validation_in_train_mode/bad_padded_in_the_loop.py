# Images are padded in the loop, so that none of them is the loader's own any more.
import torch
from torch import nn
from torch.nn import functional as F

model = nn.Sequential(nn.Flatten(), nn.Linear(100, 16), nn.Dropout(0.2), nn.ReLU(), nn.Linear(16, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for epoch in range(2):
    for images, labels in train_loader:
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(F.pad(images, (1, 1, 1, 1))), labels).backward()
        optimizer.step()
    with torch.no_grad():
        for images, labels in val_loader:
            model(F.pad(images, (1, 1, 1, 1)))  # finding: validation-in-train-mode
