# One loss for each sample is returned.
# failed: value
# says: one loss for each sample, not their mean
import torch


def manual_cross_entropy(logits, targets):
    largest = logits.max(dim=1, keepdim=True).values
    shifted = logits - largest
    log_sum_exp = shifted.exp().sum(dim=1, keepdim=True).log()
    log_probs = shifted - log_sum_exp
    losses = -log_probs[torch.arange(len(targets)), targets]
    return losses
