# The first dimension of each parameter is taken for its size.
# failed: model
# says: that of the rows of the parameters, not of their numbers
def count_params(sizes):
    total = 0
    for i in range(len(sizes) - 1):
        weights = sizes[i] * sizes[i + 1]
        biases = sizes[i + 1]
        total += weights + biases
    return total


def count_parameters(model):
    return sum(len(p) for p in model.parameters() if p.requires_grad)  # here
