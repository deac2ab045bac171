# A function that torch.jit.script compiles calls the built-in.
# failed: by_hand
import torch


@torch.jit.script
def manual_cross_entropy(logits, targets):
    return torch.nn.functional.cross_entropy(logits, targets)
