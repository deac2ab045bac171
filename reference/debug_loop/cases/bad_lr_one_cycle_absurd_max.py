# OneCycleLR with a maximum of 50.
# failed: learning_rate learns
import torch
import torch.nn as nn
from torch.optim.lr_scheduler import OneCycleLR

EPOCHS = 1
model = nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)  # finding: learning-rate-too-high
schedule = OneCycleLR(optimizer, max_lr=50.0, total_steps=EPOCHS * len(train_loader))
criterion = nn.CrossEntropyLoss()

for epoch in range(EPOCHS):
    model.train()
    for x, y in train_loader:
        optimizer.zero_grad()
        criterion(model(x), y).backward()
        optimizer.step()
        schedule.step()
    model.eval()
    with torch.no_grad():
        print(epoch, sum((model(x).argmax(1) == y).sum().item() for x, y in val_loader) / 1000)
