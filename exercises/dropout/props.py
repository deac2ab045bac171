"""What the grader asks about a layer, answered where the layer lives."""


def parameters(layer):
    """How many parameters the layer gives; None if parameters() gives nothing to count."""
    given = layer.parameters()
    return len(list(given)) if hasattr(given, "__iter__") else None
