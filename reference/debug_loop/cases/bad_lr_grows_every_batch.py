# ExponentialLR with a gamma above one, stepped per batch: the rate passes every bound in an epoch.
# failed: learning_rate learns
import torch
import torch.nn as nn

model = nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
scheduler = torch.optim.lr_scheduler.ExponentialLR(optimizer, gamma=1.05)  # finding: learning-rate-grows
criterion = nn.CrossEntropyLoss()

for epoch in range(2):
    model.train()
    for x, y in train_loader:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
        scheduler.step()  # here
    model.eval()
    with torch.no_grad():
        print(epoch, loss.item(), sum((model(x).argmax(1) == y).sum().item() for x, y in val_loader))
