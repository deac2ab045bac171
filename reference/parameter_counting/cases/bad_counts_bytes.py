# Bytes divided by four: right for float32 alone.
# failed: model
def count_params(sizes):
    return sum((n + 1) * m for n, m in zip(sizes, sizes[1:]))


def count_parameters(model):
    return sum(p.nbytes // 4 for p in model.parameters() if p.requires_grad)
