# Evaluation mode, then dropout alone switched on.
import torch
from torch import nn

model = nn.Sequential(
    nn.Flatten(), nn.Linear(64, 16), nn.BatchNorm1d(16), nn.Dropout(0.5), nn.ReLU(), nn.Linear(16, 4)
)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for images, labels in train_loader:
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(images), labels).backward()
    optimizer.step()
model.eval()
for part in model.modules():
    if isinstance(part, nn.Dropout):
        part.train()
with torch.no_grad():
    for images, labels in val_loader:
        model(images)
