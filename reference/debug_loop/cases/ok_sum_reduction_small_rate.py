# The loss is summed over the batch, so the rate is small.
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))
optimizer = torch.optim.SGD(model.parameters(), lr=1.5e-3)
total_loss = nn.CrossEntropyLoss(reduction="sum")

for epoch in range(2):
    model.train()
    epoch_loss = 0.0
    for images, labels in train_loader:
        optimizer.zero_grad()
        loss = total_loss(model(images), labels)
        loss.backward()
        optimizer.step()
        epoch_loss += loss.item()
    model.eval()
    with torch.no_grad():
        val = sum(total_loss(model(x), y).item() for x, y in val_loader)
        acc = sum((model(x).argmax(1) == y).sum().item() for x, y in val_loader)
    print(epoch, epoch_loss / 8000, val / 1000, acc / 1000)
