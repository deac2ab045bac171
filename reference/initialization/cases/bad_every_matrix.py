# Whatever has a weight of two dimensions or more is initialized, an embedding too.
# failed: init_weights
import math

import torch
from torch import nn


def kaiming_init(fan_in, fan_out):
    return torch.randn(fan_out, fan_in) * math.sqrt(2 / fan_in)


def xavier_init(fan_in, fan_out):
    return torch.randn(fan_out, fan_in) * math.sqrt(2 / (fan_in + fan_out))


def init_weights(module):
    if hasattr(module, "weight") and module.weight.dim() > 1:
        nn.init.kaiming_normal_(module.weight)
        if getattr(module, "bias", None) is not None:
            nn.init.zeros_(module.bias)


def init_lstm(lstm):
    for name, parameter in lstm.named_parameters():
        if "weight_ih" in name:
            nn.init.xavier_uniform_(parameter)
        elif "weight_hh" in name:
            nn.init.orthogonal_(parameter)
        else:
            nn.init.zeros_(parameter)
            if "bias_ih" in name:
                parameter.data[lstm.hidden_size : 2 * lstm.hidden_size] = 1.0
