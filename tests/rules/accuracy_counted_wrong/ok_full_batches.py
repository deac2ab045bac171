# All batches are full, so both ways of counting are one.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.02)
for epoch in range(2):
    for images, labels in train_loader:
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(images), labels).backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        shares = [(model(x).argmax(1) == y).float().mean() for x, y in val_loader]
        right = sum((model(x).argmax(1) == y).sum().item() for x, y in val_loader)
    model.train()
    print(f"{sum(shares) / len(shares):.3f} {right / (32 * len(val_loader)):.4f}")
