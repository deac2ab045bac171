# The network is built from its sizes and then counted; the optimizer's view as a tensor.
import torch
from torch import nn


def count_params(sizes):
    layers = [nn.Linear(a, b) for a, b in zip(sizes, sizes[1:])]
    return count_parameters(nn.ModuleList(layers))


def count_parameters(model):
    sizes = torch.tensor([p.numel() for p in model.parameters() if p.requires_grad], dtype=torch.long)
    return sizes.sum()
