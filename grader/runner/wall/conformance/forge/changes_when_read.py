# Answers with values that are something else each time they are read.
# outcome: ok
# graded: module
# earns: nothing

import itertools
import sys
import types

import torch

turn = itertools.count()


class Shifting(types.ModuleType):
    @property
    def names(self):
        return [["a", "b"], "a", ["b", "a"]][(next(turn) + 1) % 3]

    @property
    def weight(self):
        return torch.ones(3, requires_grad=next(turn) % 2 == 1).exp()


sys.modules[__name__].__class__ = Shifting


class Shape(torch.Tensor):
    shape = property(lambda self: torch.Size((next(turn) % 4, 3)))
    requires_grad = property(lambda self: True)
    is_leaf = property(lambda self: True)
    dtype = property(lambda self: [torch.float32, None, "x", 5][next(turn) % 4])


def softmax(x):
    return torch.zeros(next(turn) % 4, 3).as_subclass(Shape)


def square(x):
    return x.as_subclass(Shape)


def count(x):
    return next(turn) + 100
