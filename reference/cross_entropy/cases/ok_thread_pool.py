# Each half of a batch in a thread of its own.
import torch
from concurrent.futures import ThreadPoolExecutor


def total(logits, targets):
    peak = logits.amax(1, keepdim=True)
    lse = (logits - peak).exp().sum(1).log() + peak.squeeze(1)
    return (lse - logits[torch.arange(len(targets)), targets]).sum()


def manual_cross_entropy(logits, targets):
    half = max(len(targets) // 2, 1)
    with ThreadPoolExecutor(2) as pool:
        parts = [
            pool.submit(total, part, wanted)
            for part, wanted in zip(logits.split(half), targets.split(half))
        ]
        return sum(part.result() for part in parts) / len(targets)
