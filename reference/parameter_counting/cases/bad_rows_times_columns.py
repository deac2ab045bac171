# Every parameter is taken for a matrix or a vector.
# failed: model
def count_params(sizes):
    total = 0
    for i in range(len(sizes) - 1):
        weights = sizes[i] * sizes[i + 1]
        biases = sizes[i + 1]
        total += weights + biases
    return total


def count_parameters(model):
    total = 0
    for p in model.parameters():
        total += p.shape[0] * p.shape[1] if p.dim() > 1 else p.shape[0]
    return total
