# A rate of 1 that momentum 0.99 multiplies by a hundred.
# failed: learning_rate learns
import torch
import torch.nn as nn

model = nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))
optimizer = torch.optim.SGD(  # finding: learning-rate-too-high
    model.parameters(),
    lr=1.0,
    momentum=0.99,
)
criterion = nn.CrossEntropyLoss()

for epoch in range(1):
    model.train()
    for x, y in train_loader:
        optimizer.zero_grad()
        criterion(model(x), y).backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        print(epoch, sum((model(x).argmax(1) == y).sum().item() for x, y in val_loader) / 1000)
