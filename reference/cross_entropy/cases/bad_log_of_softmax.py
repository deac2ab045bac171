# The logarithm of a stable softmax: probabilities round to 0.
# failed: stable
import torch
import torch.nn as nn
import torch.nn.functional as F


def manual_cross_entropy(logits, targets):
    probs = torch.softmax(logits, dim=1)
    return -torch.log(probs[torch.arange(len(targets)), targets]).mean()
