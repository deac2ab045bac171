"""Models to count."""

import torch
from torch import nn


def mlp(sizes):
    """A fully connected network with the given layer sizes."""
    layers = []
    for n, m in zip(sizes[:-1], sizes[1:], strict=True):
        layers += [nn.Linear(n, m), nn.ReLU()]
    return nn.Sequential(*layers[:-1])


class Scaled(nn.Module):
    """A network inside of a network, with a bare parameter of its own and a buffer."""

    def __init__(self, inner, width):
        super().__init__()
        self.inner = nn.ModuleDict({"body": inner})
        self.scale = nn.Parameter(torch.ones(width, 1, 2))
        self.offset = nn.Parameter(torch.tensor(0.0))
        self.register_buffer("mean", torch.zeros(width))


def mixed(channels, width):
    """Layers of many kinds: convolutions, normalisation, an embedding, no bias, no parameters."""
    return nn.Sequential(
        nn.Conv2d(channels, width, (3, 2), bias=False),
        nn.BatchNorm2d(width),
        nn.ReLU(),
        nn.Dropout(0.5),
        nn.Conv2d(width, width * 2, 3, groups=width),
        nn.Embedding(7, width),
        Scaled(nn.Sequential(nn.Linear(width, 3, bias=False), nn.LayerNorm(3)), width),
        nn.LSTM(width, 2),
    )


def freeze(model, names):
    """`model` with the named parameters frozen."""
    parameters = dict(model.named_parameters())
    for name in names:
        parameters[name].requires_grad_(False)
    return model


def freeze_all(model):
    """`model` with nothing left to learn."""
    return model.requires_grad_(False)


def repeated(width):
    """One layer that stands in two places of the same network."""
    layer = nn.Linear(width, width)
    return nn.Sequential(layer, nn.Tanh(), layer, nn.Sequential(nn.Tanh(), layer))


class Tied(nn.Module):
    """A decoder that uses the weight of the encoder; the biases are their own."""

    def __init__(self, words, width):
        super().__init__()
        self.encoder = nn.Embedding(words, width)
        self.decoder = nn.Linear(width, words)
        self.decoder.weight = self.encoder.weight
