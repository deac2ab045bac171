"""Write four optimizers: SGD, Momentum, Adam and AdamW.

Each takes `params`, any iterable of tensors that require gradients, and moves them in place.
"""

import torch


class SGD:
    """w <- w - lr * g"""

    def __init__(self, params, lr):
        raise NotImplementedError("write SGD")

    def step(self):
        """Move every parameter that has a gradient."""

    def zero_grad(self):
        """Clear the gradients of all parameters."""


class Momentum:
    """v <- beta * v + g, then w <- w - lr * v"""

    def __init__(self, params, lr, beta):
        raise NotImplementedError("write Momentum")

    def step(self):
        """Move every parameter that has a gradient."""

    def zero_grad(self):
        """Clear the gradients of all parameters."""


class Adam:
    """Moving averages of the gradient and of its square, both corrected for their start at 0."""

    def __init__(self, params, lr, betas, eps):
        raise NotImplementedError("write Adam")

    def step(self):
        """Move every parameter that has a gradient."""

    def zero_grad(self):
        """Clear the gradients of all parameters."""


class AdamW:
    """Adam, with a weight decay that does not pass through the gradient."""

    def __init__(self, params, lr, betas, eps, weight_decay):
        raise NotImplementedError("write AdamW")

    def step(self):
        """Move every parameter that has a gradient."""

    def zero_grad(self):
        """Clear the gradients of all parameters."""
