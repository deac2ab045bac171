# The logarithm to the base of 10.
# failed: bce
import torch


def mse_loss(pred, target):
    return ((pred - target) ** 2).mean()


def bce_loss(prob, target):
    p = prob.clamp(1e-7, 1 - 1e-7)
    return -(target * torch.log10(p) + (1 - target) * torch.log10(1 - p)).mean()  # here


def bce_with_logits_loss(logits, target):
    return (logits.clamp(min=0) - logits * target + torch.log1p(torch.exp(-logits.abs()))).mean()
