"""Models and loaders to try `evaluate` on."""

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


class Watched(nn.Module):
    """A classifier that notes, at each call, in which mode it is and what hangs on a graph."""

    def __init__(self, weight):
        super().__init__()
        classes, features = weight.shape
        self.body = nn.Sequential(nn.BatchNorm1d(features), nn.Dropout(0.5))
        self.head = nn.Linear(features, classes, bias=False)
        with torch.no_grad():
            self.head.weight.copy_(weight)
        self.calls = Notes()

    def forward(self, inputs):
        """Logits (batch, classes) of inputs (batch, features)."""
        logits = self.head(self.body(inputs))
        training = [name or "the model" for name, m in self.named_modules() if m.training]
        self.calls.append({"training": training, "tracked": logits.requires_grad})
        return logits


def worked_with(weight, inputs, labels):
    """A model in the middle of its training: with gradients, and with somebody else's hooks."""
    model = Watched(weight)
    nn.functional.cross_entropy(model(inputs), labels).backward()
    model.head.register_forward_hook(nothing)
    model.body[0].register_forward_pre_hook(nothing)
    return model


def nothing(*_):
    """A hook that does nothing."""


class Notes(list):
    """A list that a copy of the model shares."""

    def __deepcopy__(self, memo):
        return self


def loader(inputs, labels, batch_size):
    """Batches of the samples in their order."""
    return DataLoader(TensorDataset(inputs, labels), batch_size=batch_size)


def modes(model):
    """Whether each layer is in training mode, by its name."""
    return {name or "the model": module.training for name, module in model.named_modules()}


def frozen(model):
    """The names of the parameters that don't require gradients."""
    return [name for name, parameter in model.named_parameters() if not parameter.requires_grad]


def statistics(model):
    """The running statistics of batch norm, as they are now."""
    return {name: value.clone() for name, value in model.named_buffers()}


def recording_gradients():
    """Whether torch records gradients now; switched on again, for those who come next."""
    enabled = torch.is_grad_enabled()
    torch.set_grad_enabled(True)
    return enabled
