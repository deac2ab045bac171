# NLLLoss is given raw scores: the loss falls below zero without end.
# failed: learns
# skipped: learning_rate
import torch
from torch import nn
net = nn.Sequential(nn.Flatten(), nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 10))
loss_fn = nn.NLLLoss()
opt = torch.optim.SGD(net.parameters(), lr=0.1)
for epoch in range(4):
    net.train()
    for x, y in train_loader:
        opt.zero_grad()
        loss = loss_fn(net(x), y)  # finding: nll-loss-without-log-softmax
        loss.backward()
        opt.step()
    net.eval()
    with torch.no_grad():
        acc = sum((net(x).argmax(1) == y).sum().item() for x, y in val_loader) / len(val_loader.dataset)
    print(epoch, acc)
