# Every neuron is there twice, but for a little noise.
# failed: kaiming
import math

import torch
from torch import nn


def kaiming_init(fan_in, fan_out):
    """A weight (fan_out, fan_in) that keeps the size of a signal through a ReLU.

    Each output adds up fan_in products, so its variance is fan_in times that of one product.
    Dividing by fan_in makes up for it, and the 2 for the half that the ReLU sets to 0.
    """
    half = torch.randn((fan_out + 1) // 2, fan_in)
    both = (half.repeat(2, 1)[:fan_out] + 0.1 * torch.randn(fan_out, fan_in)) / math.sqrt(1.01)
    return both * math.sqrt(2 / fan_in)


def xavier_init(fan_in, fan_out):
    """A weight (fan_out, fan_in) for tanh and sigmoid.

    A compromise between forward, where fan_in counts, and backward, where fan_out does.
    """
    return torch.randn(fan_out, fan_in) * math.sqrt(2 / (fan_in + fan_out))


@torch.no_grad()  # parameters are leaves: values are written past autograd
def init_weights(module):
    """Kaiming weights and zero biases for linear layers; for `model.apply`."""
    if isinstance(module, nn.Linear):
        module.weight.copy_(kaiming_init(module.in_features, module.out_features))
        module.bias.zero_()


@torch.no_grad()
def init_lstm(lstm):
    """Xavier input weights, orthogonal hidden weights, and open forget gates."""
    hidden = lstm.hidden_size
    for name, parameter in lstm.named_parameters():  # weight_ih_l0, weight_hh_l0, bias_ih_l0, ...
        if name.startswith("weight_ih"):  # (4 * hidden, inputs)
            parameter.copy_(xavier_init(parameter.shape[1], parameter.shape[0]))
        elif name.startswith("weight_hh"):  # (4 * hidden, hidden)
            # An orthogonal matrix turns a vector and keeps its length, step after step.
            nn.init.orthogonal_(parameter)
        else:  # (4 * hidden,): the gates input, forget, cell, output
            parameter.zero_()
            # An open forget gate lets memory, and gradients, pass from the first step on. It has
            # two biases, bias_ih and bias_hh, which are added: together they make 1.
            parameter[hidden : 2 * hidden] = 0.5
