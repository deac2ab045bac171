# The first parameter decides for all whether the model is frozen.
# failed: frozen
# says: all or nothing, as the first parameter is frozen or not
def count_params(sizes):
    total = 0
    for i in range(len(sizes) - 1):
        weights = sizes[i] * sizes[i + 1]
        biases = sizes[i + 1]
        total += weights + biases
    return total


def count_parameters(model):
    params = list(model.parameters())
    if not params or not params[0].requires_grad:
        return 0
    return sum(p.numel() for p in params)
