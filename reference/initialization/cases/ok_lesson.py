# The lesson's recipes: xavier_normal_ with biases of 0.01, and forget biases that add up to 2.
import math
import torch
import torch.nn as nn


def kaiming_init(fan_in, fan_out):
    """Initialize weight matrix with Kaiming Normal."""
    std = math.sqrt(2.0 / fan_in)
    return torch.randn(fan_out, fan_in) * std


def xavier_init(fan_in, fan_out):
    std = math.sqrt(2.0 / (fan_in + fan_out))
    return torch.randn(fan_out, fan_in) * std


def init_weights(m):
    if isinstance(m, nn.Linear):
        nn.init.xavier_normal_(m.weight)
        m.bias.data.fill_(0.01)
    elif isinstance(m, nn.Conv2d):
        nn.init.kaiming_uniform_(m.weight, mode='fan_in', nonlinearity='leaky_relu')


def init_lstm(lstm):
    hidden_size = lstm.hidden_size
    for name, param in lstm.named_parameters():
        if 'weight_ih' in name:
            nn.init.xavier_uniform_(param)
        elif 'weight_hh' in name:
            nn.init.orthogonal_(param)
        elif 'bias' in name:
            param.data.fill_(0)
            param.data[hidden_size:hidden_size*2].fill_(1)
