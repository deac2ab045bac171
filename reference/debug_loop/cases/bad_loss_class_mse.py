# MSELoss called like a function on one-hot targets.
# failed: loss_call
import torch
import torch.nn as nn
import torch.nn.functional as F

model = nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for epoch in range(2):
    model.train()
    for images, labels in train_loader:
        targets = F.one_hot(labels, 10).float()
        optimizer.zero_grad()
        nn.MSELoss(model(images), targets).backward()  # finding: loss-class-not-instance
        optimizer.step()
    model.eval()
    with torch.no_grad():
        print(epoch, sum((model(x).argmax(1) == y).sum().item() for x, y in val_loader) / 1000)
