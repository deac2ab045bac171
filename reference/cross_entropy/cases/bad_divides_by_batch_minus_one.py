# The average is taken over one sample less, except for a batch of one.
# failed: value
import torch


def manual_cross_entropy(logits, targets):
    losses = torch.logsumexp(logits, 1) - logits[torch.arange(len(targets)), targets]
    return losses.sum() / max(len(targets) - 1, 1)  # here
