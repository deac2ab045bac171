# The built-in losses: this exercise does not forbid them.
import torch.nn as nn
import torch.nn.functional as F

mse_loss = nn.MSELoss()


def bce_loss(prob, target):
    return F.binary_cross_entropy(prob, target)


def bce_with_logits_loss(logits, target):
    return nn.BCEWithLogitsLoss()(logits, target)
