# The largest probability, whatever the target.
# failed: value
import torch


def manual_cross_entropy(logits, targets):
    largest = logits.max(dim=1, keepdim=True).values
    shifted = logits - largest
    log_sum_exp = shifted.exp().sum(dim=1, keepdim=True).log()
    log_probs = shifted - log_sum_exp
    losses = -log_probs.max(dim=1).values
    return losses.mean()
