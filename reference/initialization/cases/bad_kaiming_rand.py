# torch.rand: all weights are positive.
# failed: kaiming depth
import math
import torch
from torch import nn


def kaiming_init(fan_in, fan_out):
    std = math.sqrt(2.0 / fan_in)
    return torch.rand(fan_out, fan_in) * std  # here


def xavier_init(fan_in, fan_out):
    std = math.sqrt(2.0 / (fan_in + fan_out))
    return torch.randn(fan_out, fan_in) * std


def init_weights(m):
    if isinstance(m, nn.Linear):
        nn.init.xavier_uniform_(m.weight)
        nn.init.zeros_(m.bias)


def init_lstm(lstm):
    hidden_size = lstm.hidden_size
    for name, param in lstm.named_parameters():
        if "weight_ih" in name:
            nn.init.xavier_uniform_(param)
        elif "weight_hh" in name:
            nn.init.orthogonal_(param)
        elif "bias" in name:
            param.data.fill_(0)
            param.data[hidden_size:hidden_size * 2].fill_(1)
