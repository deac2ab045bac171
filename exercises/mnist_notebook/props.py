"""What a finished notebook has in its hands, as plain data."""

import functools

import numpy as np
import torch
import torchvision
from torch import nn

PARAMETERS = 328_810
NETS = ("net", "model", "mlp", "network")
MATRICES = ("confusion", "confusion_matrix", "conf_matrix", "cm", "matrix")
PREDICTIONS = ("predictions", "preds", "predicted", "y_pred", "all_preds")
LABELS = ("labels", "targets", "y_true", "true_labels", "all_labels")
ROWS = 16
"""So many rows of each batch are looked at."""


# --- while the notebook runs, and while its network is asked --------------------------------


class Watched:
    """What goes into `cross_entropy`, and from layer to layer of the network."""

    def __init__(self):
        self.losses = self.probabilities = 0
        self.bare = set()
        self.last = None

    def watch_loss(self):
        """Look at what is given to the loss that applies softmax by itself."""
        original = nn.functional.cross_entropy

        @functools.wraps(original)
        def cross_entropy(input, *args, **kwargs):
            if torch.is_grad_enabled() and isinstance(input, torch.Tensor) and input.dim() == 2:
                self.losses += 1
                self.probabilities += are_probabilities(input.detach()[:ROWS])
            return original(input, *args, **kwargs)

        nn.functional.cross_entropy = cross_entropy

    def watch_layers(self, net):
        """Look at what each linear layer gets: it may be what the one before gave, as it is."""
        layers = [layer for layer in net.modules() if isinstance(layer, nn.Linear)]
        for number, layer in enumerate(layers, 1):
            layer.register_forward_hook(
                lambda _, given, output, number=number: self.passed(number, given, output)
            )

    def passed(self, number, given, output):
        """Note a layer whose input has not changed since the last layer."""
        if given and self.last is not None and given[0].shape == self.last.shape:
            if torch.equal(given[0], self.last):
                self.bare.add(number)
        self.last = output.detach().clone()


watched = Watched()


def watch():
    """Before the notebook starts."""
    watched.watch_loss()


def are_probabilities(rows):
    """Whether each row is a distribution over the classes."""
    return bool((rows >= 0).all() and ((rows.sum(dim=1) - 1).abs() < 1e-3).all())


def asked_net(notebook):
    """The network whose outputs count, watched."""
    net = trained_net(notebook)
    if net is not None:
        watched.watch_layers(net)
    return net


# --- what the notebook has ------------------------------------------------------------------


def trained_net(notebook):
    """The network whose outputs count: `net`, what else it may be called, or one of its size."""
    names = vars(notebook)
    net = first(names, NETS, lambda value: isinstance(value, nn.Module))
    if net is not None:
        return net
    others = [value for name, value in names.items() if name != "small_net"]
    return next(
        (other for other in others if isinstance(other, nn.Module) and has_the_size(other)), None
    )


def has_the_size(net):
    """Whether a network has as many parameters as the task asks for."""
    return sum(parameter.numel() for parameter in net.parameters()) == PARAMETERS


def gathered(notebook):
    """All that the checks look at."""
    names = vars(notebook)
    return {
        "net": describe(trained_net(notebook)),
        "bare": sorted(watched.bare),
        "losses": watched.losses,
        "probabilities": watched.probabilities,
        "confusion": first(names, [*MATRICES, *tables(names)], is_table),
        "predictions": [
            value for name in PREDICTIONS if (value := classes(names.get(name))) is not None
        ],
        "labels": [value for name in LABELS if (value := classes(names.get(name))) is not None],
        "test_counts": test_counts(),
        "small": small(names, trained_net(notebook)),
    }


def first(names, wanted, fits):
    """The first of these names whose value fits, as it is; a tensor or an array for a table."""
    for name in wanted:
        value = names.get(name)
        if fits(value):
            return as_tensor(value) if not isinstance(value, nn.Module) else value
    return None


def as_tensor(value):
    """A value as a CPU tensor, or None if it is no table of numbers."""
    if isinstance(value, torch.Tensor):
        return value.detach().cpu()
    try:
        return torch.as_tensor(np.asarray(value))
    except (ValueError, TypeError, RuntimeError):
        return None


def is_table(value):
    """Whether a value holds numbers in rows and columns."""
    if value is None or callable(value) or isinstance(value, (str, dict)):
        return False
    table = as_tensor(value)
    return table is not None and table.dim() == 2


def tables(names):
    """The names of tensors and arrays of 10 rows and 10 columns."""
    kinds = (torch.Tensor, np.ndarray)
    return [n for n, v in names.items() if isinstance(v, kinds) and tuple(v.shape) == (10, 10)]


def classes(value):
    """A value as a row of whole numbers (N,), or None if it is none: whatever holds a class each."""
    if value is None or callable(value) or isinstance(value, (str, dict, nn.Module)):
        return None
    if isinstance(value, (list, tuple)) and value and isinstance(value[0], torch.Tensor):
        value = torch.cat([part.detach().cpu().reshape(-1) for part in value])  # batch by batch
    row = as_tensor(value)
    if row is None or row.dim() == 0 or row.numel() != max(row.shape) or row.is_complex():
        return None
    return row.reshape(-1).long()


def describe(net):
    """The shapes of a network's parameters, and its class; None if there is no network."""
    if net is None:
        return None
    return {
        "kind": type(net).__name__,
        "shapes": [list(parameter.shape) for parameter in net.parameters()],
    }


def test_counts():
    """How many images of each class the test split has."""
    labels = torchvision.datasets.MNIST("data", train=False, download=True).targets
    return torch.bincount(labels, minlength=10)


def small(names, net):
    """What the small network makes of its 100 images, and what the other one does."""
    small_net = names.get("small_net")
    images, labels = names.get("small_images"), classes(names.get("small_labels"))
    if not isinstance(images, torch.Tensor):
        images = None if images is None else as_tensor(images)
    if not isinstance(small_net, nn.Module) or images is None or labels is None:
        missing = {
            "small_net": isinstance(small_net, nn.Module),
            "small_images": images is not None,
            "small_labels": labels is not None,
        }
        return {"missing": [name for name, is_there in missing.items() if not is_there]}
    return {
        "missing": [],
        "labels": labels,
        "predicted": tried(small_net, images),
        "predicted by net": None if net is None else tried(net, images),
        "is net": net is not None and same_weights(small_net, net),
        "shapes": describe(small_net)["shapes"],
    }


def asked(net, images):
    """The classes (N,) that a network predicts for images in the form that it takes."""
    was_training = net.training
    net.eval()
    with torch.no_grad():
        outputs = net(images)
    net.train(was_training)
    return outputs.argmax(dim=-1).reshape(-1).cpu()


def tried(net, images):
    """The same, or None if this network doesn't take them so."""
    try:
        return asked(net, images)
    except Exception:  # whatever a network may raise that is given something else
        return None


def same_weights(one, other):
    """Whether two networks have the same numbers in all parameters."""
    pairs = [list(net.parameters()) for net in (one, other)]
    if [p.shape for p in pairs[0]] != [p.shape for p in pairs[1]]:
        return False
    return all(torch.equal(a.detach().cpu(), b.detach().cpu()) for a, b in zip(*pairs))
