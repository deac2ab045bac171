# Every module adds all parameters below it, so that inner ones count again.
# failed: model
# says: counted anew in each module that holds the layer
def count_params(sizes):
    total = 0
    for i in range(len(sizes) - 1):
        weights = sizes[i] * sizes[i + 1]
        biases = sizes[i + 1]
        total += weights + biases
    return total


def count_parameters(model):
    return sum(p.numel() for module in model.modules() for p in module.parameters())
