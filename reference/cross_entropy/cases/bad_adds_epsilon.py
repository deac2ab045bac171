# A small number inside the logarithm makes the loss finite, and wrong.
# failed: stable
import torch
import torch.nn as nn
import torch.nn.functional as F


def manual_cross_entropy(logits, targets):
    probs = torch.softmax(logits, dim=1)
    picked = probs[torch.arange(len(targets)), targets]
    return -torch.log(picked + 1e-12).mean()
