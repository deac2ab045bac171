# A recursion over the sizes, a walk through the modules that remembers what it saw.
def count_params(sizes):
    if len(sizes) < 2:
        return 0
    first, second, *rest = sizes
    return (first + 1) * second + count_params([second, *rest])


def count_parameters(model):
    seen = set()
    total = 0
    for module in model.modules():
        for p in module.parameters(recurse=False):
            if p.requires_grad and id(p) not in seen:
                seen.add(id(p))
                total += p.flatten().size(0)
    return total
