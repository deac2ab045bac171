# squeeze() also removes the batch dimension of a single sample.
# failed: batch_of_one
import torch


def manual_cross_entropy(logits, targets):
    logits = logits.squeeze()
    targets = targets.squeeze()
    losses = torch.logsumexp(logits, 1) - logits[torch.arange(targets.numel()), targets]
    return losses.mean()
