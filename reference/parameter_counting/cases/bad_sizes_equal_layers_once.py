# Layers are kept in a set, where equal ones are one.
# failed: sizes
def count_params(sizes):
    layers = {(n, m) for n, m in zip(sizes, sizes[1:])}
    return sum(n * m + m for n, m in layers)


def count_parameters(model):
    return sum(p.numel() for p in model.parameters() if p.requires_grad)
