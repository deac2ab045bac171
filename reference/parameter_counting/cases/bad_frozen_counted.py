# Frozen parameters are counted.
# failed: frozen
# says: counted with the frozen parameters
def count_params(sizes):
    total = 0
    for i in range(len(sizes) - 1):
        weights = sizes[i] * sizes[i + 1]
        biases = sizes[i + 1]
        total += weights + biases
    return total


def count_parameters(model):
    return sum(p.numel() for p in model.parameters())  # here
