# The targets are changed in place, to count from the right.
# failed: input_unchanged
import torch


def manual_cross_entropy(logits, targets):
    largest = logits.max(dim=1, keepdim=True).values
    shifted = logits - largest
    log_sum_exp = shifted.exp().sum(dim=1, keepdim=True).log()
    log_probs = shifted - log_sum_exp
    targets.sub_(logits.shape[1])  # here
    losses = -log_probs[torch.arange(len(targets)), targets]
    return losses.mean()
