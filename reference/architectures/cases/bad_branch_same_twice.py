# The first branch is joined with itself.
# failed: branch
# says: the first branch twice
import torch
import torch.nn as nn
import torch.nn.functional as F


class SequentialNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))

    def forward(self, x):
        return self.net(x)


class CustomNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer1 = nn.Linear(784, 256)
        self.layer2 = nn.Linear(256, 10)

    def forward(self, x):
        x = F.relu(self.layer1(x))
        return self.layer2(x)


class ResidualBlock(nn.Module):
    def __init__(self, channels=64):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, channels, 3, padding=1)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1)

    def forward(self, x):
        residual = x
        x = F.relu(self.conv1(x))
        x = self.conv2(x)
        return F.relu(x + residual)


class BranchNet(nn.Module):
    def __init__(self, in_channels=3, out_channels=16):
        super().__init__()
        self.conv1 = nn.Conv2d(in_channels, out_channels, 1)
        self.conv2 = nn.Conv2d(in_channels, out_channels, 3, padding=1)

    def forward(self, x):
        branch1 = self.conv1(x)
        branch2 = self.conv2(x)
        return torch.cat([branch1, branch1], dim=1)


class SiameseNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Linear(784, 256)
        self.head = nn.Linear(256, 10)

    def forward(self, x1, x2):
        feat1 = F.relu(self.encoder(x1))
        feat2 = F.relu(self.encoder(x2))
        return self.head(feat1), self.head(feat2)


class DynamicNet(nn.Module):
    def __init__(self, width=64, layers=3):
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(width, width) for _ in range(layers)])

    def forward(self, x, depth=3):
        for layer in self.layers[:depth]:
            x = F.relu(layer(x))
        return x
