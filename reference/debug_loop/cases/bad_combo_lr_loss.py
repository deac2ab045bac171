# A function-style rewrite that kept the rate and the call of the loss class.
# failed: learning_rate loss_call learns
import torch
from torch import nn, optim


def make():
    net = nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))
    return net, optim.SGD(net.parameters(), lr=100)  # finding: learning-rate-too-high


def train_step(net, opt, x, y):
    opt.zero_grad()
    loss = nn.CrossEntropyLoss(net(x), y)  # finding: loss-class-not-instance
    loss.backward()
    opt.step()
    return loss


def evaluate(net, loader):
    net.eval()
    with torch.no_grad():
        return sum((net(x).argmax(1) == y).sum().item() for x, y in loader) / len(loader.dataset)


net, opt = make()
for epoch in range(2):
    net.train()
    for x, y in train_loader:
        train_step(net, opt, x, y)
    print(epoch, evaluate(net, val_loader))
