"""Two penalties that keep weights small, and a layer that keeps activations in order."""

import torch
from torch import nn


def l1_regularization(model, lambda_l1):
    """lambda_l1 times the sum of |w| over all parameters of the model: a tensor of one number."""
    raise NotImplementedError("write l1_regularization")


def l2_regularization(model, lam):
    """lam times the sum of w squared over all parameters of the model: a tensor of one number."""
    raise NotImplementedError("write l2_regularization")


class ManualBatchNorm1d(nn.Module):
    """(N, num_features) -> (N, num_features), normalised over the batch."""

    def __init__(self, num_features):
        super().__init__()

    def forward(self, x):
        raise NotImplementedError("write ManualBatchNorm1d")
