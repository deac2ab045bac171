# One bias is counted for each layer.
# failed: sizes
# says: counted with one bias for each layer
def count_params(sizes):
    total = 0
    for i in range(len(sizes) - 1):
        weights = sizes[i] * sizes[i + 1]
        biases = 1
        total += weights + biases
    return total


def count_parameters(model):
    return sum(p.numel() for p in model.parameters() if p.requires_grad)
