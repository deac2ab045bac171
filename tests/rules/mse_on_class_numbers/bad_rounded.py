# One output for four classes, which is rounded for the accuracy.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(2):
    for images, labels in train_loader:
        optimizer.zero_grad()
        out = model(images).squeeze(1)
        loss = nn.functional.mse_loss(out, labels.float())  # finding: mse-on-class-numbers
        loss.backward()
        optimizer.step()
model.eval()
with torch.no_grad():
    right = sum((model(x).squeeze(1).round() == y).sum().item() for x, y in val_loader)
print(right / 96)
