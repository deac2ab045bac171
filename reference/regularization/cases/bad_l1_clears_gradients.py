# The penalty clears the gradients that the loss has left.
# failed: l1
import torch
from torch import nn


def l1_regularization(model, lambda_l1):
    model.zero_grad()
    return lambda_l1 * sum(p.abs().sum() for p in model.parameters())


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
