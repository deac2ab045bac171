# nn.Sequential as a base class, activations as modules, in-place ReLUs, layers registered in another order.
import torch
import torch.nn as nn
import torch.nn.functional as F


class SequentialNet(nn.Sequential):
    def __init__(self):
        super().__init__(nn.Linear(784, 256), nn.ReLU(inplace=True), nn.Linear(256, 10))


class CustomNet(nn.Module):
    def __init__(self, n_in=784, n_hidden=256, n_out=10):
        super(CustomNet, self).__init__()
        self.out = nn.Linear(n_hidden, n_out)
        self.hidden = nn.Linear(n_in, n_hidden)
        self.act = nn.ReLU()

    def forward(self, x):
        x = x.view(x.size(0), -1)
        return self.out(self.act(self.hidden(x)))


class ResidualBlock(nn.Module):
    def __init__(self, channels=8):
        super().__init__()
        self.second = nn.Conv2d(channels, channels, (3, 3), padding="same", bias=False)
        self.first = nn.Conv2d(channels, channels, (3, 3), padding="same", bias=False)
        self.relu = nn.ReLU(inplace=True)

    def forward(self, x):
        out = self.relu(self.first(x))
        out = self.second(out)
        out += x
        return self.relu(out)


class BranchNet(nn.Module):
    def __init__(self, in_channels=1, out_channels=4):
        super().__init__()
        self.branches = nn.ModuleList(
            nn.Conv2d(in_channels, out_channels, k, padding=k // 2) for k in (1, 3)
        )

    def forward(self, x):
        return torch.cat([branch(x) for branch in self.branches], 1)


class SiameseNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.head = nn.Linear(256, 10)
        self.encoder = nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU())

    def forward_once(self, x):
        return self.head(self.encoder(x))

    def forward(self, x1, x2):
        return [self.forward_once(x1), self.forward_once(x2)]


class DynamicNet(nn.Module):
    def __init__(self, width=32, layers=5):
        super().__init__()
        blocks = [nn.Sequential(nn.Linear(width, width), nn.ReLU()) for _ in range(layers)]
        self.blocks = nn.Sequential(*blocks)

    def forward(self, x, depth):
        return self.blocks[:depth](x)
