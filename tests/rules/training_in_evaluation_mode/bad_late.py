# The first three epochs are right; from the fourth on a validation is added that leaves its mode.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 32), nn.ReLU(), nn.Dropout(0.3), nn.Linear(32, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for epoch in range(8):
    if epoch < 5:
        model.train()
    for images, labels in train_loader:
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(images), labels).backward()  # finding: training-in-evaluation-mode
        optimizer.step()
    if epoch > 2:
        model.eval()
        with torch.no_grad():
            for images, labels in val_loader:
                model(images)
