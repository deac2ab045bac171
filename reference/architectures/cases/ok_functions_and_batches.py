# A builder function, both twins in one batch, the larger kernel first, layers by attribute name.
import torch
import torch.nn as nn
import torch.nn.functional as F


def SequentialNet():
    sizes = [784, 256, 10]
    layers = []
    for a, b in zip(sizes, sizes[1:]):
        layers += [nn.Linear(a, b), nn.ReLU()]
    return nn.Sequential(*layers[:-1])


class CustomNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.w1 = nn.Parameter(torch.randn(256, 784) / 28)
        self.b1 = nn.Parameter(torch.zeros(256))
        self.w2 = nn.Parameter(torch.randn(10, 256) / 16)
        self.b2 = nn.Parameter(torch.zeros(10))

    def forward(self, x):
        hidden = (x @ self.w1.T + self.b1).clamp(min=0)
        return hidden @ self.w2.T + self.b2


class ResidualBlock(nn.Module):
    def __init__(self, channels=3):
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(channels, channels, 3, 1, 1),
            nn.ReLU(),
            nn.Conv2d(channels, channels, 3, 1, 1),
        )

    def forward(self, x):
        return torch.relu(torch.add(x, self.body(x)))


class BranchNet(nn.Module):
    def __init__(self, in_channels=3, out_channels=8):
        super().__init__()
        self.wide = nn.Conv2d(in_channels, out_channels, kernel_size=3, padding=1)
        self.narrow = nn.Conv2d(in_channels, out_channels, kernel_size=1)

    def forward(self, x):
        return torch.concat((self.wide(x), self.narrow(x)), dim=-3)


class SiameseNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 64))
        self.head = nn.Linear(64, 10)

    def forward(self, x1, x2):
        both = self.head(self.encoder(torch.cat([x1, x2])))
        return both.chunk(2)


class DynamicNet(nn.Module):
    def __init__(self, width=16, layers=3):
        super().__init__()
        self.layers = layers
        for i in range(layers):
            setattr(self, f"fc{i}", nn.Linear(width, width))

    def forward(self, x, depth=None):
        depth = self.layers if depth is None else min(depth, self.layers)
        for i in range(depth):
            x = torch.relu(getattr(self, f"fc{i}")(x))
        return x
