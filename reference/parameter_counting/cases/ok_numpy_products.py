# Products by NumPy and math; the count comes as a NumPy integer.
import math
import numpy as np


def count_params(sizes):
    sizes = np.asarray(sizes)
    return np.dot(sizes[:-1] + 1, sizes[1:])


def count_parameters(model):
    return sum(math.prod(p.shape) for p in filter(lambda p: p.requires_grad, model.parameters()))
