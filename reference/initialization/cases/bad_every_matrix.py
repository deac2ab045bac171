# Whatever has more than one dimension is initialized, an nn.Conv1d and an nn.LSTM too.
# failed: init_weights
import math

import torch
from torch import nn


def kaiming_init(fan_in, fan_out):
    return torch.randn(fan_out, fan_in) * math.sqrt(2 / fan_in)


def xavier_init(fan_in, fan_out):
    return torch.randn(fan_out, fan_in) * math.sqrt(2 / (fan_in + fan_out))


def init_weights(module):
    if isinstance(module, nn.Embedding):
        return
    for parameter in module.parameters(recurse=False):
        if parameter.dim() > 1:
            nn.init.kaiming_normal_(parameter)
        elif not isinstance(module, (nn.BatchNorm1d, nn.LayerNorm)):
            nn.init.zeros_(parameter)


def init_lstm(lstm):
    with torch.no_grad():
        for name, parameter in lstm.named_parameters():
            if "weight_ih" in name:
                nn.init.xavier_normal_(parameter)
            elif "weight_hh" in name:
                nn.init.orthogonal_(parameter)
            else:
                parameter.zero_()
                hidden = len(parameter) // 4
                parameter[hidden : 2 * hidden] = 0.5
