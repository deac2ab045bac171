# The scores are centred in the data of the argument, past autograd: right loss, changed argument.
# failed: input_unchanged
import torch


def manual_cross_entropy(logits, targets):
    logits.data.sub_(logits.data.mean())
    largest = logits.max(dim=1, keepdim=True).values
    shifted = logits - largest
    log_sum_exp = shifted.exp().sum(dim=1, keepdim=True).log()
    log_probs = shifted - log_sum_exp
    losses = -log_probs[torch.arange(len(targets)), targets]
    return losses.mean()
