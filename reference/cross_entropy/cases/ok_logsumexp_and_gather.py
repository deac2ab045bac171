# logsumexp and gather, in one expression.
import torch


def manual_cross_entropy(logits: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    return (torch.logsumexp(logits, -1, keepdim=True) - logits.gather(-1, targets[:, None])).mean()
