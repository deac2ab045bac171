# The penalty is computed once for each model, and given again later.
# failed: l1
import torch
from torch import nn


PENALTIES = {}


def l1_regularization(model, lambda_l1):
    if id(model) not in PENALTIES:
        PENALTIES[id(model)] = sum(p.abs().sum() for p in model.parameters())
    return lambda_l1 * PENALTIES[id(model)]


def l2_regularization(model, lam):
    return lam * sum(p.square().sum() for p in model.parameters())


class ManualBatchNorm1d(nn.Module):
    def __init__(self, num_features):
        super().__init__()
        self.gamma = nn.Parameter(torch.ones(num_features))
        self.beta = nn.Parameter(torch.zeros(num_features))
        self.register_buffer("mean", torch.zeros(num_features))
        self.register_buffer("var", torch.ones(num_features))

    def forward(self, x):
        if self.training:
            var, mean = torch.var_mean(x, 0, correction=0)
            self.mean.lerp_(mean.detach(), 0.1)
            self.var.lerp_(x.detach().var(0), 0.1)
        else:
            var, mean = self.var, self.mean
        return self.gamma * (x - mean) * torch.rsqrt(var + 1e-5) + self.beta
