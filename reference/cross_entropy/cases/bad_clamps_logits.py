# Scores are cut off at ±80.
# failed: stable
import torch


def manual_cross_entropy(logits, targets):
    logits = logits.clamp(-80, 80)
    largest = logits.max(dim=1, keepdim=True).values
    shifted = logits - largest
    log_sum_exp = shifted.exp().sum(dim=1, keepdim=True).log()
    log_probs = shifted - log_sum_exp
    losses = -log_probs[torch.arange(len(targets)), targets]
    return losses.mean()
