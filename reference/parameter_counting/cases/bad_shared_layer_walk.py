# A walk of its own through the layers meets a shared one again.
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
    total = sum(p.numel() for p in model._parameters.values() if p is not None and p.requires_grad)
    for child in model._modules.values():
        total += count_parameters(child)
    return total
