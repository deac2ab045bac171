# The logarithms are cut at -100, as torch does it; logits by logsigmoid.
import torch
from torch.nn.functional import logsigmoid


def mse_loss(pred, target):
    error = pred - target
    return torch.mean(error * error)


def bce_loss(prob, target):
    log_p = torch.clamp(torch.log(prob), min=-100.0)
    log_q = torch.clamp(torch.log1p(-prob), min=-100.0)
    return -torch.mean(target * log_p + (1.0 - target) * log_q)


def bce_with_logits_loss(logits, target):
    return -(target * logsigmoid(logits) + (1 - target) * logsigmoid(-logits)).mean()
