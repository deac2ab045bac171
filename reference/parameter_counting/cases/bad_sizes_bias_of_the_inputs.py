# The biases are those of the earlier layer.
# failed: sizes
# says: counted with as many biases as a layer has inputs
def count_params(sizes):
    total = 0
    for i in range(len(sizes) - 1):
        weights = sizes[i] * sizes[i + 1]
        biases = sizes[i]
        total += weights + biases
    return total


def count_parameters(model):
    return sum(p.numel() for p in model.parameters() if p.requires_grad)
