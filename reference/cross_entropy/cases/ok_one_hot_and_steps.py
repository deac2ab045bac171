# A helper class, a one-hot mask, the maximum detached, the average written out.
import torch
import torch.nn.functional as F


class StableLogSoftmax:
    def __call__(self, x):
        m = torch.amax(x, dim=-1, keepdim=True).detach()
        e = (x - m).exp()
        return x - m - e.sum(-1, keepdim=True).log()


def manual_cross_entropy(logits, targets):
    n, c = logits.shape
    one_hot = F.one_hot(targets, num_classes=c).to(logits.dtype)
    picked = (StableLogSoftmax()(logits) * one_hot).sum(dim=1)
    return -picked.sum() / n
