# The step stands outside of the loop over batches: five steps in all.
# failed: learns
# skipped: learning_rate
import torch
from torch import nn

net = nn.Sequential(nn.Flatten(), nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 10))
criterion = nn.CrossEntropyLoss()
sgd = torch.optim.SGD(net.parameters(), lr=0.1)
for epoch in range(5):
    net.train()
    for x, y in train_loader:
        sgd.zero_grad()
        loss = criterion(net(x), y)
        loss.backward()
    sgd.step()  # here
    net.eval()
    with torch.no_grad():
        print(sum((net(x).argmax(1) == y).sum().item() for x, y in val_loader))
