# Probabilities are cut off at a small number.
# failed: stable
import torch
import torch.nn as nn
import torch.nn.functional as F


def manual_cross_entropy(logits, targets):
    probs = torch.softmax(logits, dim=1).clamp(min=1e-30)
    return -torch.log(probs[torch.arange(len(targets)), targets]).mean()
