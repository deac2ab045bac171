# Only the layers at the top are looked at.
# failed: model
# says: that of the layers at the top alone
def count_params(sizes):
    total = 0
    for i in range(len(sizes) - 1):
        weights = sizes[i] * sizes[i + 1]
        biases = sizes[i + 1]
        total += weights + biases
    return total


def count_parameters(model):
    total = 0
    for layer in model.children():  # here
        for p in layer.parameters(recurse=False):
            total += p.numel()
    return total
