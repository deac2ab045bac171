# Builds a new optimizer for every batch, as if that emptied the gradients.
# failed: zero_grad learns
import torch
import torch.nn as nn

model = nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))
criterion = nn.CrossEntropyLoss()

for epoch in range(1):
    model.train()
    for images, labels in train_loader:
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)  # here
        loss = criterion(model(images), labels)
        loss.backward()  # finding: gradients-not-cleared
        optimizer.step()
    model.eval()
    with torch.no_grad():
        print(epoch, sum((model(x).argmax(1) == y).sum().item() for x, y in val_loader) / 1000)
