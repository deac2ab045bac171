# Clears once an epoch instead of once a step.
# failed: zero_grad learns
import torch
import torch.nn as nn

model = nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
criterion = nn.CrossEntropyLoss()

for epoch in range(3):
    model.train()
    optimizer.zero_grad()
    for images, labels in train_loader:
        loss = criterion(model(images), labels)
        loss.backward()  # finding: gradients-not-cleared
        optimizer.step()

    model.eval()
    with torch.no_grad():
        print(epoch, sum((model(x).argmax(1) == y).sum().item() for x, y in val_loader))
