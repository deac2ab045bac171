"""A training whose weights and losses are written in a script."""

import torch
from torch import nn


class Training:
    """A model whose parameters change in place before each call of `step`."""

    def __init__(self, stopper, epochs, *, give=list):
        self.stopper = stopper
        self.epochs = iter(epochs)
        self.give = give
        self.parameters = []

    def play(self, losses):
        """What `step` returns for each of the losses, at the next epochs' values."""
        answers = []
        for loss in losses:
            self.change(next(self.epochs))
            answers.append(self.stopper.step(loss, self.give(self.parameters)))
        return answers

    def change(self, values):
        """What an epoch of training does to the parameters."""
        if not self.parameters:
            self.parameters = [nn.Parameter(torch.empty_like(value)) for value in values]
        with torch.no_grad():
            for p, value in zip(self.parameters, values, strict=True):
                p.copy_(value)

    def restore(self):
        """Bring back the best values.

        A stopper may lay what it kept into the parameters; training must not write into that.
        """
        self.stopper.restore(self.give(self.parameters))
        for p in self.parameters:
            p.data = p.data.clone()

    def values(self):
        """The parameters as they are."""
        return [p.detach().clone() for p in self.parameters]

    def trainable(self):
        """Whether each parameter is still a leaf that requires gradients."""
        return [p.is_leaf and p.requires_grad for p in self.parameters]


def generator(parameters):
    """What `model.parameters()` gives: it can be gone through once."""
    return (p for p in parameters)
