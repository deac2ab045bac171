# model.eval is named and never called.
# failed: validation_mode
import torch
import torch.nn as nn

model = nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))
optimizer = torch.optim.Adam(model.parameters())
criterion = nn.CrossEntropyLoss()

for epoch in range(2):
    model.train()
    for images, labels in train_loader:
        optimizer.zero_grad()
        criterion(model(images.view(-1, 784)), labels).backward()
        optimizer.step()

    model.eval
    correct = 0
    with torch.no_grad():
        for images, labels in val_loader:
            images = images.view(-1, 784)
            preds = model(images).argmax(1)  # finding: validation-in-train-mode
            correct += (preds == labels).sum().item()
    print(epoch, correct)
