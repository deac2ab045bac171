# Validates in eval mode after the first epoch only: train(epoch > 0) turns it back on later.
# failed: validation_mode
import torch
import torch.nn as nn

model = nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
criterion = nn.CrossEntropyLoss()

for epoch in range(2):
    for images, labels in train_loader:
        optimizer.zero_grad()
        criterion(model(images), labels).backward()
        optimizer.step()
    model.train(epoch > 0)
    with torch.no_grad():
        n = 0
        for images, labels in val_loader:
            out = model(images)  # finding: validation-in-train-mode
            n += (out.argmax(1) == labels).sum().item()
    model.train()
    print(epoch, n)
