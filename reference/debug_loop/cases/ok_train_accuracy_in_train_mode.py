# Reports accuracy on the training images with the model still in train mode; validates properly.
import torch
import torch.nn as nn

model = nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
criterion = nn.CrossEntropyLoss()

for epoch in range(3):
    model.train()
    for images, labels in train_loader:
        loss = criterion(model(images), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    train_correct = 0
    for images, labels in train_loader:
        train_correct += (model(images).argmax(1) == labels).sum().item()

    model.eval()
    val_correct = 0
    with torch.no_grad():
        for images, labels in val_loader:
            val_correct += (model(images).argmax(1) == labels).sum().item()

    print(f"epoch {epoch}  train {train_correct / len(train_loader.dataset):.3f}  "
          f"val {val_correct / len(val_loader.dataset):.3f}")
