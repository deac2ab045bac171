"""Build six architectures. Every class can be made without arguments."""

import torch
import torch.nn.functional as F
from torch import nn


class SequentialNet(nn.Module):
    """(N, 784) -> (N, 10): a stack 784-256-10 with a ReLU between."""

    def forward(self, x):
        raise NotImplementedError("write SequentialNet")


class CustomNet(nn.Module):
    """(N, 784) -> (N, 10): the same, joined in forward."""

    def forward(self, x):
        raise NotImplementedError("write CustomNet")


class ResidualBlock(nn.Module):
    """(N, C, H, W) -> (N, C, H, W): two 3x3 convolutions and a shortcut around them."""

    def __init__(self, channels=16):
        super().__init__()

    def forward(self, x):
        raise NotImplementedError("write ResidualBlock")


class BranchNet(nn.Module):
    """(N, in, H, W) -> (N, 2 * out, H, W): a 1x1 and a 3x3 convolution side by side."""

    def __init__(self, in_channels=3, out_channels=8):
        super().__init__()

    def forward(self, x):
        raise NotImplementedError("write BranchNet")


class SiameseNet(nn.Module):
    """Two inputs (N, 784) -> two outputs (N, 10), through the same weights."""

    def forward(self, x1, x2):
        raise NotImplementedError("write SiameseNet")


class DynamicNet(nn.Module):
    """(N, width) -> (N, width): the first `depth` of `layers` layers."""

    def __init__(self, width=64, layers=4):
        super().__init__()

    def forward(self, x, depth):
        raise NotImplementedError("write DynamicNet")
