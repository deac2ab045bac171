# view(-1) needs logits that lie in one piece.
# failed: value
import torch


def manual_cross_entropy(logits, targets):
    n, c = logits.shape
    flat = logits.view(-1)
    picked = flat[torch.arange(n) * c + targets]
    return (torch.logsumexp(logits, 1) - picked).mean()
