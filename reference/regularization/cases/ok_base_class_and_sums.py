# A penalty of shape (1,), norms squared, a scale and shift of shape (1, C), var_mean.
import torch
import torch.nn as nn


def l1_regularization(model, lambda_l1):
    penalty = torch.zeros(1)
    for _, parameter in model.named_parameters():
        penalty = penalty + parameter.abs().sum()
    return penalty * lambda_l1


def l2_regularization(model, lam):
    return lam * torch.stack([p.norm(2).pow(2) for p in model.parameters()]).sum()


class ManualBatchNorm1d(nn.Module):
    def __init__(self, num_features):
        super().__init__()
        self.scale_and_shift = nn.ParameterList(
            [nn.Parameter(torch.zeros(1, num_features)), nn.Parameter(torch.ones(1, num_features))]
        )
        self.running_mean = torch.zeros(1, num_features)
        self.running_std2 = torch.ones(1, num_features)

    def statistics(self, x):
        if not self.training:
            return self.running_std2, self.running_mean
        var, mean = torch.var_mean(x, dim=0, keepdim=True, correction=0)
        bessel = len(x) / (len(x) - 1)
        self.running_mean = torch.lerp(self.running_mean.to(x), mean.data, 0.1)
        self.running_std2 = torch.lerp(self.running_std2.to(x), bessel * var.data, 0.1)
        return var, mean

    def forward(self, x):
        var, mean = self.statistics(x)
        shift, scale = self.scale_and_shift
        return shift + scale * (x - mean) / (var + 0.00001) ** 0.5
