"""Initialize weights: write four functions."""

import math

import torch
from torch import nn


def kaiming_init(fan_in, fan_out):
    """Return a new weight (fan_out, fan_in) with mean 0 and standard deviation √(2 / fan_in)."""
    raise NotImplementedError("write kaiming_init")


def xavier_init(fan_in, fan_out):
    """Return a new weight (fan_out, fan_in) with standard deviation √(2 / (fan_in + fan_out))."""
    raise NotImplementedError("write xavier_init")


def init_weights(module):
    """Initialize one module of a model; used as model.apply(init_weights)."""
    raise NotImplementedError("write init_weights")


def init_lstm(lstm):
    """Initialize all layers of an nn.LSTM: input weights, hidden weights, biases."""
    raise NotImplementedError("write init_lstm")
