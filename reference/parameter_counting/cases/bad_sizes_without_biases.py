# The biases are left out.
# failed: sizes
# says: the weights alone: the biases are missing
def count_params(sizes):
    total = 0
    for i in range(len(sizes) - 1):
        weights = sizes[i] * sizes[i + 1]
        biases = sizes[i + 1]
        total += weights
    return total


def count_parameters(model):
    return sum(p.numel() for p in model.parameters() if p.requires_grad)
