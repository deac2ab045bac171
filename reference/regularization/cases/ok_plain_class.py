# A class without nn.Module: leaves, a switch of its own, statistics written in place.
import torch
import torch.nn as nn


def l1_regularization(model, strength):
    return strength * torch.cat([p.flatten() for p in model.parameters()]).norm(p=1)


def l2_regularization(model, strength):
    flat = torch.cat([p.view(-1) for p in model.parameters()])
    return strength * flat.dot(flat)


class ManualBatchNorm1d:
    def __init__(self, num_features):
        self.gamma = torch.ones(num_features, requires_grad=True)
        self.beta = torch.zeros(num_features, requires_grad=True)
        self.mean = torch.zeros(num_features)
        self.var = torch.ones(num_features)
        self.training = True

    def parameters(self):
        return [self.gamma, self.beta]

    def train(self):
        self.training = True

    def eval(self):
        self.training = False

    def __call__(self, x):
        if not self.training:
            return (x - self.mean) * (self.var + 1e-5).rsqrt() * self.gamma + self.beta
        n = x.shape[0]
        mu = x.sum(0) / n
        centered = x - mu
        sigma2 = (centered * centered).sum(0) / n
        self.mean.mul_(0.9).add_(mu.detach(), alpha=0.1)
        self.var.mul_(0.9).add_(sigma2.detach() * n / (n - 1), alpha=0.1)
        return centered * (sigma2 + 1e-5).rsqrt() * self.gamma + self.beta
