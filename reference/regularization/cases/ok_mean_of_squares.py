# Variance as the mean of squares minus the square of the mean; decorators; torch.linalg.
import torch
import torch.nn as nn


def l1_regularization(model, lambda_l1):
    total = sum(torch.linalg.vector_norm(w, ord=1) for w in model.parameters())
    return lambda_l1 * total


def l2_regularization(model, lam):
    return sum(lam * w.square().sum() for w in model.parameters())


class ManualBatchNorm1d(nn.Module):
    def __init__(self, num_features):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(num_features).fill_(1.0))
        self.bias = nn.Parameter(torch.empty(num_features).fill_(0.0))
        self.register_buffer("m", torch.zeros(num_features))
        self.register_buffer("v", torch.ones(num_features))

    @torch.no_grad()
    def _update(self, x):
        self.m.copy_(0.9 * self.m + 0.1 * x.mean(0))
        self.v.copy_(0.9 * self.v + 0.1 * x.std(0) ** 2)

    def forward(self, x):
        if self.training:
            self._update(x)
            mean, second = x.mean(0), (x ** 2).mean(0)
            var = second - mean ** 2
        else:
            mean, var = self.m, self.v
        return torch.addcmul(self.bias, self.weight, (x - mean) / torch.sqrt(var + 1e-5))
