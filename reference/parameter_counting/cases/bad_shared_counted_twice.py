# Shared parameters are listed under each of their names.
# failed: shared
# says: counted again for each name of a shared parameter
def count_params(sizes):
    total = 0
    for i in range(len(sizes) - 1):
        weights = sizes[i] * sizes[i + 1]
        biases = sizes[i + 1]
        total += weights + biases
    return total


def count_parameters(model):
    total = 0
    for name, p in model.named_parameters(remove_duplicate=False):
        if p.requires_grad:
            total += p.numel()
    return total
