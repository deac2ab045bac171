# Of more than three layers only the first three ever run, and the skip is left out in evaluation.
# failed: dynamic residual
import torch
from torch import nn


class SequentialNet(nn.Sequential):
    def __init__(self):
        super().__init__(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))


class CustomNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.second = nn.Linear(784, 256), nn.Linear(256, 10)

    def forward(self, x):
        return self.second(self.first(x).relu())


class ResidualBlock(nn.Module):
    def __init__(self, channels=8):
        super().__init__()
        self.first = nn.Conv2d(channels, channels, 3, padding=1)
        self.second = nn.Conv2d(channels, channels, 3, padding=1)

    def forward(self, x):
        out = self.second(self.first(x).relu())
        return torch.relu(out + x if self.training else out)


class BranchNet(nn.Module):
    def __init__(self, in_channels=3, out_channels=4):
        super().__init__()
        self.small = nn.Conv2d(in_channels, out_channels, 1)
        self.large = nn.Conv2d(in_channels, out_channels, 3, padding=1)

    def forward(self, x):
        return torch.cat([self.small(x), self.large(x)], dim=1)


class SiameseNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))

    def forward(self, x1, x2):
        return self.net(x1), self.net(x2)


class DynamicNet(nn.Module):
    def __init__(self, width=16, layers=4):
        super().__init__()
        self.layers = nn.ModuleList(nn.Linear(width, width) for _ in range(layers))

    def forward(self, x, depth):
        for layer in self.layers[: min(depth, 3)]:
            x = layer(x).relu()
        return x
