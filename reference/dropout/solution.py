"""Reference solution of `dropout` (lesson 1.3 §5): inverted dropout."""

import torch


class ManualDropout:
    """Drops each number with probability ``p`` while ``training`` is true."""

    def __init__(self, p=0.5):
        self.p = p
        self.training = True

    def __call__(self, x):
        """Maps x of any shape to a new tensor of the same shape and dtype."""
        if not self.training:
            return x

        # One random number from [0, 1) for each element, anew in every call. It is at least p
        # with probability 1 - p, and always for p = 0.
        keep = torch.rand_like(x) >= self.p  # bool, like x in shape

        # E[output] = (1 - p) * x / (1 - p) + p * 0 = x: the next layer sees the same size of
        # numbers in training as afterwards. Autograd sends gradients back through the same mask.
        return x * keep / (1 - self.p)

    def parameters(self):
        """There is nothing to train."""
        return []
