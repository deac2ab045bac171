# Validation in a function decorated with no_grad; it restores the mode it found.
import torch
import torch.nn as nn


@torch.no_grad()
def accuracy(model, loader):
    was_training = model.training
    model.eval()
    correct = total = 0
    for images, labels in loader:
        correct += (model(images.flatten(1)).argmax(dim=1) == labels).sum().item()
        total += len(labels)
    model.train(was_training)
    return correct / total


model = nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Dropout(0.1), nn.Linear(256, 10))
optimizer = torch.optim.Adam(model.parameters())
criterion = nn.CrossEntropyLoss()
model.train()

for epoch in range(3):
    for images, labels in train_loader:
        loss = criterion(model(images.flatten(1)), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(epoch, f"train {accuracy(model, train_loader):.3f} val {accuracy(model, val_loader):.3f}")
