# Splits each batch into micro-batches whose gradients add up to the batch's.
import torch
import torch.nn as nn

model = nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
criterion = nn.CrossEntropyLoss(reduction="sum")

for epoch in range(2):
    model.train()
    for images, labels in train_loader:
        optimizer.zero_grad()
        for x, y in zip(images.split(16), labels.split(16)):
            (criterion(model(x), y) / len(images)).backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        correct = sum((model(x).argmax(1) == y).sum().item() for x, y in val_loader)
    print(epoch, correct / len(val_loader.dataset))
