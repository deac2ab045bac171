# The rate is so small that hardly a weight changes, and steps a million times as large are nothing, too.
# failed: learns
# skipped: learning_rate
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(784, 64), nn.ReLU(), nn.Linear(64, 10))
optimizer = torch.optim.SGD(model.parameters(), lr=1e-12)
criterion = nn.CrossEntropyLoss()
for epoch in range(2):
    model.train()
    for images, labels in train_loader:
        optimizer.zero_grad()
        criterion(model(images), labels).backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        print(sum((model(x).argmax(1) == y).sum().item() for x, y in val_loader))
