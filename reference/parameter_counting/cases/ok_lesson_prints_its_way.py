# The lesson's walk with its prints, and a list of the counts.
def count_params(architecture):
    """Count parameters for a fully connected network."""
    total = 0
    for i in range(len(architecture) - 1):
        weights = architecture[i] * architecture[i + 1]
        biases = architecture[i + 1]
        total += weights + biases
        print(f"Layer {i+1}: {architecture[i]}x{architecture[i+1]} = {weights:,} weights + {biases} biases")
    return total


def count_parameters(model):
    counts = []
    for name, param in model.named_parameters():
        if param.requires_grad:
            counts.append(param.nelement())
            print(name, tuple(param.shape))
    return sum(counts)
