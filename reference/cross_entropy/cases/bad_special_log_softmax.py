# torch.special.log_softmax.
# failed: by_hand
import torch
import torch.nn as nn
import torch.nn.functional as F


def manual_cross_entropy(logits, targets):
    return -torch.special.log_softmax(logits, 1)[torch.arange(len(targets)), targets].mean()
