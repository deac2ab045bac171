# The list of the caller is empty afterwards, but for its last size.
# failed: sizes
def count_params(sizes):
    total = 0
    while len(sizes) > 1:
        n = sizes.pop(0)
        total += n * sizes[0] + sizes[0]
    return total


def count_parameters(model):
    return sum(p.numel() for p in model.parameters() if p.requires_grad)
