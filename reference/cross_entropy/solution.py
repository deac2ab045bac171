"""Reference solution of `cross_entropy` (lesson 1.3 §2): stable, and without a built-in."""

import torch


def manual_cross_entropy(logits, targets):
    """The mean over the batch of -log(softmax(logits)[right class]).

    logits: (batch, classes), raw scores.
    targets: (batch,), the right class of each sample.
    """
    # Softmax stays the same when all scores of a sample move together. With the largest of them
    # moved to 0, exp() gives numbers from 0 to 1: none can overflow, and at least one is 1, so
    # the logarithm of their sum is finite.
    largest = logits.max(dim=1, keepdim=True).values  # (batch, 1)
    shifted = logits - largest  # (batch, classes), all <= 0

    # log softmax = x - log(sum(exp(x))). The probabilities themselves are never made: those that
    # are too small for a float would become 0, and log(0) is not finite.
    log_sum = shifted.exp().sum(dim=1).log()  # (batch,)

    # One score of each row: row 0 at column targets[0], row 1 at column targets[1], ...
    rows = torch.arange(len(targets))
    of_right_class = shifted[rows, targets]  # (batch,)

    return (log_sum - of_right_class).mean()
