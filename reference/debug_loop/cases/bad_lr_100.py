# The rate is still 100; everything else is repaired.
# failed: learning_rate learns
import torch
import torch.nn as nn

model = nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))
optimizer = torch.optim.SGD(model.parameters(), lr=100.0)  # here  # finding: learning-rate-too-high
criterion = nn.CrossEntropyLoss()

for epoch in range(1):
    model.train()
    for images, labels in train_loader:
        optimizer.zero_grad()
        images = images.view(images.shape[0], -1)
        loss = criterion(model(images), labels)
        loss.backward()
        optimizer.step()

    model.eval()
    correct = 0
    total = 0
    with torch.no_grad():
        for images, labels in val_loader:
            images = images.view(images.shape[0], -1)
            correct += (model(images).argmax(dim=1) == labels).sum().item()
            total += images.shape[0]
    print(f"Epoch {epoch+1} | Loss: {loss.item():.4f} | Val Acc: {100*correct/total:.1f}%")
