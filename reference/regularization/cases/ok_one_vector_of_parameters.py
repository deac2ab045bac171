# All parameters as one vector, and running statistics by lerp.
import torch
from torch import nn
from torch.nn.utils import parameters_to_vector


def l1_regularization(model, lambda_l1=0.01):
    return lambda_l1 * parameters_to_vector(model.parameters()).abs().sum()


def l2_regularization(model, lam=0.01):
    v = parameters_to_vector(model.parameters())
    return lam * (v @ v)


class ManualBatchNorm1d(nn.Module):
    def __init__(self, num_features, eps=1e-5, momentum=0.1):
        super().__init__()
        self.eps, self.momentum = eps, momentum
        self.gamma = nn.Parameter(torch.ones(1, num_features))
        self.beta = nn.Parameter(torch.zeros(1, num_features))
        self.register_buffer("running_mean", torch.zeros(1, num_features))
        self.register_buffer("running_var", torch.ones(1, num_features))

    def forward(self, x):
        if self.training:
            var, mean = torch.var_mean(x, 0, correction=0, keepdim=True)
            with torch.no_grad():
                n = len(x)
                self.running_mean.lerp_(mean, self.momentum)
                self.running_var.lerp_(var * n / (n - 1), self.momentum)
        else:
            mean, var = self.running_mean, self.running_var
        return (x - mean) * torch.rsqrt(var + self.eps) * self.gamma + self.beta
