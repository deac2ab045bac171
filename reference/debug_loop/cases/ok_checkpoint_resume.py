# Saves model and optimizer, builds both anew, and goes on training from the checkpoint.
import torch
import torch.nn as nn


def make():
    net = nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))
    return net, torch.optim.Adam(net.parameters(), lr=1e-3)


def epoch(net, opt):
    net.train()
    for x, y in train_loader:
        opt.zero_grad()
        nn.functional.cross_entropy(net(x), y).backward()
        opt.step()


def validate(net):
    net.eval()
    with torch.no_grad():
        return sum((net(x).argmax(1) == y).sum().item() for x, y in val_loader) / 1000


net, opt = make()
epoch(net, opt)
print("first part:", validate(net))
torch.save({"net": net.state_dict(), "opt": opt.state_dict()}, "checkpoint.pt")

net, opt = make()
saved = torch.load("checkpoint.pt")
net.load_state_dict(saved["net"])
opt.load_state_dict(saved["opt"])
epoch(net, opt)
print("second part:", validate(net))
