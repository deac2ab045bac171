"""Reference solution of `regularization` (lesson 001 §3.8): two penalties and a normalisation."""

import torch
from torch import nn


def l1_regularization(model, lambda_l1):
    """Lambda times the sum of |w|: pushes every number towards 0 with the same force."""
    return lambda_l1 * sum(p.abs().sum() for p in model.parameters())


def l2_regularization(model, lam):
    """Lambda times the sum of w squared: pushes every number towards 0 by a share of itself."""
    # The gradient is 2 * lam * w, and SGD's weight_decay adds decay * w: hence decay = 2 * lam.
    return lam * sum((p**2).sum() for p in model.parameters())


class ManualBatchNorm1d(nn.Module):
    """(N, num_features) -> (N, num_features): each feature to mean 0 and variance 1."""

    def __init__(self, num_features):
        super().__init__()
        # What is learned: the layer may scale and shift what it has normalised.
        self.weight = nn.Parameter(torch.ones(num_features))
        self.bias = nn.Parameter(torch.zeros(num_features))
        # What is only kept: buffers go along with the module, and no optimizer sees them.
        self.register_buffer("running_mean", torch.zeros(num_features))
        self.register_buffer("running_var", torch.ones(num_features))
        self.eps = 1e-5
        self.momentum = 0.1

    def forward(self, x):
        """Normalise with the statistics of the batch in training, of the past in evaluation."""
        if self.training:
            mean = x.mean(dim=0)  # (num_features,)
            var = x.var(dim=0, unbiased=False)
            self.remember(mean, x.var(dim=0))
        else:
            mean, var = self.running_mean, self.running_var
        normalised = (x - mean) / torch.sqrt(var + self.eps)  # (N, num_features)
        return self.weight * normalised + self.bias

    # Without a graph: otherwise every batch so far would hang on the running statistics.
    @torch.no_grad()
    def remember(self, mean, unbiased_var):
        """Move the running statistics a little towards those of this batch."""
        self.running_mean += self.momentum * (mean - self.running_mean)
        self.running_var += self.momentum * (unbiased_var - self.running_var)
