# Nesterov momentum with StepLR stepped once per epoch.
import torch
import torch.nn as nn
from torch.optim.lr_scheduler import StepLR

model = nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))
optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9, nesterov=True)
scheduler = StepLR(optimizer, step_size=1, gamma=0.5)
criterion = nn.CrossEntropyLoss()

for epoch in range(4):
    model.train()
    for x, y in train_loader:
        optimizer.zero_grad()
        loss = criterion(model(x.view(x.size(0), -1)), y)
        loss.backward()
        optimizer.step()
    scheduler.step()

    model.eval()
    with torch.no_grad():
        correct = total = 0
        for x, y in val_loader:
            correct += (model(x.view(x.size(0), -1)).argmax(1) == y).sum().item()
            total += y.size(0)
    print(f"epoch {epoch} lr {scheduler.get_last_lr()[0]:.4f} acc {correct / total:.4f}")
