# A subclass of nn.Module with nn.Parameter, kaiming_normal_ and F.linear.
import torch
from torch import nn
import torch.nn.functional as F


class ManualLinear(nn.Module):
    def __init__(self, in_features, out_features):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(out_features, in_features))
        self.bias = nn.Parameter(torch.zeros(out_features))
        nn.init.kaiming_normal_(self.weight, nonlinearity="relu")

    def forward(self, x):
        return F.linear(x, self.weight, self.bias)


class ManualReLU(nn.Module):
    def forward(self, x):
        return F.relu(x)
