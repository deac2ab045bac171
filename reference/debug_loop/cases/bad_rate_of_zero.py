# A rate of 0: all is done as it should be, and nothing moves.
# failed: learning_rate learns
# skipped: zero_grad
import torch
from torch import nn

net = nn.Sequential(nn.Flatten(), nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 10))
criterion = nn.CrossEntropyLoss()
sgd = torch.optim.SGD(net.parameters(), lr=0.0)  # here
for epoch in range(2):
    net.train()
    for x, y in train_loader:
        sgd.zero_grad()
        criterion(net(x), y).backward()
        sgd.step()
    net.eval()
    with torch.no_grad():
        print(sum((net(x).argmax(1) == y).sum().item() for x, y in val_loader))
