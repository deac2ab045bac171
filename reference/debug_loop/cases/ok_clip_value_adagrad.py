# Adagrad, with gradients clipped by value.
import torch
import torch.nn as nn

net = nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))
optimiser = torch.optim.Adagrad(net.parameters(), lr=0.01)
criterion = nn.CrossEntropyLoss()


def train_one_epoch():
    net.train()
    for x, y in train_loader:
        optimiser.zero_grad()
        criterion(net(x), y).backward()
        nn.utils.clip_grad_value_(net.parameters(), 0.5)
        optimiser.step()


def validate():
    net.eval()
    n = 0
    with torch.no_grad():
        for x, y in val_loader:
            n += (net(x).argmax(1) == y).sum().item()
    return n / len(val_loader.dataset)


for i in range(2):
    train_one_epoch()
    print(i, validate())
