# Layers that learn the size of their input from the first call.
import torch
import torch.nn.functional as F
from torch import nn


class SequentialNet(nn.Module):
    """A stack: the output of each layer is the input of the next."""

    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(
            nn.LazyLinear(256),
            nn.ReLU(),
            nn.LazyLinear(10),
        )

    def forward(self, x):
        """(N, 784) -> (N, 10)."""
        return self.layers(x)


class CustomNet(nn.Module):
    """The same stack, written out. From here on, `forward` can do what a stack can't."""

    def __init__(self):
        super().__init__()
        self.hidden = nn.LazyLinear(256)
        self.output = nn.Linear(256, 10)

    def forward(self, x):
        """(N, 784) -> (N, 10)."""
        h = F.relu(self.hidden(x))  # (N, 256)
        return self.output(h)  # (N, 10), scores


class ResidualBlock(nn.Module):
    """A shortcut: the convolutions learn only what is to be added to their input."""

    def __init__(self, channels=16):
        super().__init__()
        # Padding 1 keeps height and width, so that output and input can be added.
        self.conv1 = nn.LazyConv2d(channels, kernel_size=3, padding=1)
        self.conv2 = nn.Conv2d(channels, channels, kernel_size=3, padding=1)

    def forward(self, x):
        """(N, C, H, W) -> (N, C, H, W)."""
        change = self.conv2(F.relu(self.conv1(x)))
        return F.relu(x + change)


class BranchNet(nn.Module):
    """Two branches look at the same input, one at single pixels and one at neighbourhoods."""

    def __init__(self, in_channels=3, out_channels=8):
        super().__init__()
        self.pixel = nn.LazyConv2d(out_channels, kernel_size=1)
        self.neighbours = nn.Conv2d(in_channels, out_channels, kernel_size=3, padding=1)

    def forward(self, x):
        """(N, in, H, W) -> (N, 2 * out, H, W)."""
        return torch.cat([self.pixel(x), self.neighbours(x)], dim=1)


class SiameseNet(nn.Module):
    """Twins: two inputs pass through the same weights, so that their outputs can be compared."""

    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(nn.LazyLinear(256), nn.ReLU())
        self.head = nn.Linear(256, 10)

    def forward(self, x1, x2):
        """Two of (N, 784) -> two of (N, 10)."""
        return self.head(self.encoder(x1)), self.head(self.encoder(x2))


class DynamicNet(nn.Module):
    """A network that can be left early: easy inputs need not pass through all of it."""

    def __init__(self, width=64, layers=4):
        super().__init__()
        # A plain list would hide the layers from parameters().
        self.layers = nn.ModuleList([nn.LazyLinear(width) for _ in range(layers)])

    def forward(self, x, depth):
        """(N, width) -> (N, width), through the first `depth` layers."""
        for layer in self.layers[:depth]:
            x = F.relu(layer(x))
        return x
