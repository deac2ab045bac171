# Parameters whose name is not "weight" are passed over.
# failed: model
# says: that of the weights alone: the biases are missing
def count_params(sizes):
    total = 0
    for i in range(len(sizes) - 1):
        weights = sizes[i] * sizes[i + 1]
        biases = sizes[i + 1]
        total += weights + biases
    return total


def count_parameters(model):
    return sum(p.numel() for name, p in model.named_parameters() if "weight" in name)
