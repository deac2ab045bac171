# The result is a new tensor made from the number.
# failed: gradient batch_of_one stable
import torch


def manual_cross_entropy(logits, targets):
    largest = logits.max(dim=1, keepdim=True).values
    shifted = logits - largest
    log_sum_exp = shifted.exp().sum(dim=1, keepdim=True).log()
    log_probs = shifted - log_sum_exp
    losses = -log_probs[torch.arange(len(targets)), targets]
    return torch.tensor(losses.mean().item(), dtype=logits.dtype, requires_grad=True)
