# A loop over the samples, each loss a tensor, stacked at the end.
import torch


def manual_cross_entropy(logits, targets):
    losses = []
    for row, t in zip(logits, targets):
        row = row - row.max()
        losses.append(torch.log(torch.sum(torch.exp(row))) - row[t])
    return torch.stack(losses).mean()
