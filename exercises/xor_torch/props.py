"""What the grader uses to see whether gradients reach a network of yours."""

import torch


def without_gradient(model):
    """The names of the parameters that no gradient reaches, and how many parameters there are."""
    output = model(torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]))
    parameters = dict(model.named_parameters())
    if parameters and output.requires_grad:
        output.sum().backward()
    return [name for name, value in parameters.items() if value.grad is None], len(parameters)
