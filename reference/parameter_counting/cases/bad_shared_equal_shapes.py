# Parameters of one shape are taken for the same one.
# failed: model
# says: counted once for all parameters of one shape
def count_params(sizes):
    total = 0
    for i in range(len(sizes) - 1):
        weights = sizes[i] * sizes[i + 1]
        biases = sizes[i + 1]
        total += weights + biases
    return total


def count_parameters(model):
    shapes = {tuple(p.shape) for p in model.parameters() if p.requires_grad}
    total = 0
    for shape in shapes:
        n = 1
        for size in shape:
            n *= size
        total += n
    return total
