# Trains a good epoch and dies on `with torch.no_grad:`, where the parentheses are missing.
# failed: validation_mode
# outcome: crashed
import torch
import torch.nn as nn

model = nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))
optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
criterion = nn.CrossEntropyLoss()

for epoch in range(2):
    model.train()
    for images, labels in train_loader:
        optimizer.zero_grad()
        criterion(model(images), labels).backward()
        optimizer.step()
    model.eval()
    correct = 0
    with torch.no_grad:  # here
        for images, labels in val_loader:
            correct += (model(images).argmax(1) == labels).sum().item()
