# The method log_softmax, and nll_loss.
# failed: by_hand
import torch
import torch.nn as nn
import torch.nn.functional as F


def manual_cross_entropy(logits, targets):
    return F.nll_loss(logits.log_softmax(dim=1), targets)
