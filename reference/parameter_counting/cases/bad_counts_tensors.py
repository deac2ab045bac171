# Tensors are counted, not the numbers in them.
# failed: model
# says: that of the tensors, not of the numbers in them
def count_params(sizes):
    total = 0
    for i in range(len(sizes) - 1):
        weights = sizes[i] * sizes[i + 1]
        biases = sizes[i + 1]
        total += weights + biases
    return total


def count_parameters(model):
    return sum(1 for p in model.parameters() if p.requires_grad)
