# Lowered the rate from 100 to 10: still far too much.
# failed: learning_rate learns
import torch
import torch.nn as nn

model = nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))
LEARNING_RATE = 10.0
optimizer = torch.optim.SGD(params=model.parameters(), lr=LEARNING_RATE)  # finding: learning-rate-too-high
criterion = nn.CrossEntropyLoss()

for epoch in range(1):
    model.train()
    for images, labels in train_loader:
        optimizer.zero_grad()
        loss = criterion(model(images.view(-1, 784)), labels)
        loss.backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        n = sum((model(x.view(-1, 784)).argmax(1) == y).sum().item() for x, y in val_loader)
    print(epoch, loss.item(), n)
