# The sum of softmax runs over the batch.
# failed: value
import torch


def manual_cross_entropy(logits, targets):
    largest = logits.max(dim=1, keepdim=True).values
    shifted = logits - largest
    log_sum_exp = shifted.exp().sum(dim=0, keepdim=True).log()
    log_probs = shifted - log_sum_exp
    losses = -log_probs[torch.arange(len(targets)), targets]
    return losses.mean()
