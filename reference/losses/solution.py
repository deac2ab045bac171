"""Reference solution of `losses` (lessons 003 §6.2 and 002): MSE and binary cross-entropy."""

import torch


def mse_loss(pred, target):
    """Mean squared error; both arguments of any one shape, the result of shape ()."""
    return ((pred - target) ** 2).mean()


def bce_loss(prob, target):
    """Binary cross-entropy of probabilities in [0, 1] and targets that are 0 or 1."""
    # log(0) is minus infinity, and 0 times that is no number at all. So probabilities keep a
    # small distance from both ends; a wrong certainty then costs log(10^7), about 16.
    eps = 1e-7
    p = prob.clamp(eps, 1 - eps)

    # For a target of 1 only the first term counts, for a target of 0 only the second.
    return -(target * torch.log(p) + (1 - target) * torch.log(1 - p)).mean()


def bce_with_logits_loss(logits, target):
    """Binary cross-entropy of logits z and targets y that are 0 or 1, with p = sigmoid(z)."""
    # On paper, -[y log p + (1 - y) log(1 - p)] becomes log(1 + e^z) - z y. There e^z overflows,
    # but log(1 + e^z) = max(z, 0) + log(1 + e^-|z|), whose exponent is never above 0.
    log_one_plus_exp = logits.clamp(min=0) + torch.log1p(torch.exp(-logits.abs()))
    return (log_one_plus_exp - logits * target).mean()
