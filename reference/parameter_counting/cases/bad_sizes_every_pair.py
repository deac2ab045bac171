# Weights are counted between all pairs of layers, not only neighbours.
# failed: sizes
# says: counted with weights between all layers, not only neighbours
from itertools import combinations


def count_params(sizes):
    return sum(a * b for a, b in combinations(sizes, 2)) + sum(sizes[1:])


def count_parameters(model):
    return sum(p.numel() for p in model.parameters() if p.requires_grad)
