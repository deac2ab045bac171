"""What the grader asks about a layer, answered where the layer lives."""

from torch import nn
from torch.jit import ScriptModule


def parameters(layer):
    """What parameters() gives, as a list; None if it can't be iterated."""
    given = layer.parameters()
    return list(given) if hasattr(given, "__iter__") else None


def are_own(layer):
    """Whether parameters() gives the tensors `weight` and `bias` themselves, each once."""
    given = parameters(layer)
    own = (layer.weight, layer.bias)
    return len(given) == 2 and all(any(one is each for each in given) for one in own)


def linear_modules(layer):
    """How many nn.Linear the layer is or holds, compiled ones included."""
    held = list(layer.modules()) if isinstance(layer, nn.Module) else [layer]
    held += list(getattr(layer, "__dict__", {}).values())
    compiled = [one.original_name for one in held if isinstance(one, ScriptModule)]
    return sum(isinstance(one, nn.Linear) for one in held) + compiled.count("Linear")


def to_double(layer):
    """Turn weight and bias into float64, where they are."""
    layer.weight.data = layer.weight.data.double()
    layer.bias.data = layer.bias.data.double()
