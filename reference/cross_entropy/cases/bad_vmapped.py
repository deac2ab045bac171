# Each sample for itself, by the ready-made log-softmax under vmap.
# failed: by_hand
import torch


def one(scores, target):
    return -torch.log_softmax(scores, 0).gather(0, target.unsqueeze(0)).squeeze(0)


def manual_cross_entropy(logits, targets):
    return torch.func.vmap(one)(logits, targets).mean()
