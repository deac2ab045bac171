"""What the grader uses to look at a classifier with dropout, and to train it."""

import inspect
import sys

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
from torchvision.datasets import MNIST

LESSON_SPLIT = 50_000
CLASSES = 10
HIDDEN, SHOWN = (256, 128), 9
MODEL_NAMES = ("model", "net", "network", "classifier", "mlp")
EPOCH_NAMES = ("epochs", "num_epochs", "n_epochs", "max_epochs")
RATE_NAMES = ("lr", "learning_rate", "rate", "step_size")
DROPOUT_NAMES = ("has_dropout", "use_dropout", "dropout", "with_dropout")
TRAIN_NAMES = ("train_loader", "train_dl", "trainloader", "train_dataloader")
VAL_NAMES = ("val_loader", "val_dl", "valloader", "val_dataloader", "valid_loader", "test_loader")


# --- data ----------------------------------------------------------------------------------


class Digits(TensorDataset):
    """Digits in memory; a batch is one index operation."""

    def __getitems__(self, indices):
        return list(zip(*(tensor[indices].unbind(0) for tensor in self.tensors), strict=True))


def prepared(images):
    """Raw images (N, 28, 28) uint8 -> (N, 1, 28, 28) float32, normalised as in the lesson."""
    return images.float().div_(255).sub_(0.1307).div_(0.3081).unsqueeze(1)


def digits(train_count=None, val_count=None, names=None):
    """The lesson's training and validation digits, `Digits` each: all, or the first so many.

    `names` gives each class another one.
    """
    given = MNIST("data", train=True)
    labels = given.targets if names is None else names[given.targets]
    train, val = (
        Digits(prepared(given.data[part][:count]), labels[part][:count])
        for part, count in (
            (slice(LESSON_SPLIT), train_count),
            (slice(LESSON_SPLIT, None), val_count),
        )
    )
    return train, val


def mislabelled(count, share):
    """Training digits of which the first `share` has wrong labels: to be learned by heart only."""
    images, labels = digits(count, 1)[0].tensors
    wrong = int(share * count)
    labels = labels.clone()
    labels[:wrong] = (labels[:wrong] + torch.randint(1, CLASSES, (wrong,))) % CLASSES
    return Digits(images, labels)


# --- the model -----------------------------------------------------------------------------


def make(kind, rate):
    """A classifier with this dropout rate."""
    try:
        takes = "dropout_rate" in inspect.signature(kind).parameters
    except (TypeError, ValueError):
        takes = False
    return kind(dropout_rate=rate) if takes else kind(rate)


def parameters(model):
    """What the model says its parameters are: `parameters()`, a list of that name, or `params`."""
    given = getattr(model, "parameters", None)
    if given is None:
        given = getattr(model, "params", None)
    given = given() if callable(given) else given
    if given is None:
        return None
    given = given.values() if isinstance(given, dict) else given
    return list(given) if hasattr(given, "__iter__") else None


def described(model):
    """Of each parameter: its name, shape, and whether autograd can train it."""
    given = parameters(model)
    if given is None:
        return None
    names = {}
    for owner, layer in [("", model), *vars(model).items()]:
        for name, value in getattr(layer, "__dict__", {}).items():
            if isinstance(value, torch.Tensor):
                names[id(value)] = f"{owner}.{name}".lstrip(".")
    return [
        [
            names.get(id(one), f"parameter {number}"),
            list(one.shape),
            one.requires_grad,
            one.is_leaf,
            type(one.grad_fn).__name__,
        ]
        if isinstance(one, torch.Tensor)
        else [f"parameter {number}", type(one).__name__]
        for number, one in enumerate(given, 1)
    ]


def values(model):
    """The numbers of the parameters."""
    return [one.detach().clone() for one in parameters(model)]


def outputs(model, images):
    """What the model makes of images (N, 1, 28, 28), or of (N, 784) if it takes no others."""
    with torch.no_grad():
        try:
            return model(images)
        except Exception:
            try:
                return model(images.flatten(1))
            except Exception:
                pass
            raise


def logits(model, images):
    """The same, in evaluation mode, for raw images (N, 28, 28) uint8."""
    model.eval_mode()
    return torch.cat([outputs(model, part) for part in prepared(images).split(500)])


def answers(model, dataset):
    """The logits for a data set, in evaluation mode."""
    model.eval_mode()
    return torch.cat([outputs(model, part) for part in dataset.tensors[0].split(500)])


def let_through(model, path):
    """Set the weights so that nine outputs show what the dropouts do to ones; the tenth is 0.

    ``first``: an output is 0 where the first dropout drops. ``second``: where the second does.
    ``both``: it is what becomes of a one that goes through both.
    """
    spread = torch.arange(HIDDEN[1]) % SHOWN  # which output a neuron of the second layer is for
    weights = {
        (256, 784): torch.zeros(256, 784),
        (256,): torch.full((256,), float(path != "second")),
        (128, 256): torch.eye(128, 256) if path == "both" else torch.zeros(128, 256),
        (128,): torch.full((128,), float(path == "second")),
        (10, 128): torch.eye(10, 128),
        (10,): torch.zeros(10),
    }
    if path == "first":
        weights[128, 256][torch.arange(HIDDEN[1]), spread] = 1.0
        weights[10, 128] = (torch.arange(10)[:, None] == spread).float()
    weights[10, 128][SHOWN] = 0.0
    with torch.no_grad():
        for one in parameters(model):
            shape = tuple(size for size in one.shape if size != 1)
            new = weights[shape] if shape in weights else weights[shape[::-1]].T
            one.copy_(new.reshape(one.shape))


def shown(model, rows):
    """What the model with the weights of `let_through` gives for so many blank images."""
    return outputs(model, torch.zeros(rows, 1, 28, 28))


# --- training ------------------------------------------------------------------------------


def learn(train_model, model, train_set, val_set, epochs, lr, has_dropout):
    """Call `train_model` with loaders over these sets in the place of its globals."""
    train_loader = DataLoader(train_set, batch_size=64, shuffle=True)
    val_loader = DataLoader(val_set, batch_size=256)
    function = inspect.unwrap(train_model)
    function = getattr(function, "__func__", function)
    for space in (getattr(function, "__globals__", {}), vars(sys.modules["submission"])):
        space.update(train_loader=train_loader, val_loader=val_loader)
    return call(
        train_model,
        {MODEL_NAMES: model, EPOCH_NAMES: epochs, RATE_NAMES: lr, DROPOUT_NAMES: has_dropout},
        {TRAIN_NAMES: train_loader, VAL_NAMES: val_loader},
    )


def call(function, values, wanted):
    """Call a function; both tables map the names that a parameter may have to its value.

    All of `values` are given, by position where the names are others; `wanted` where asked for.
    """
    try:
        taken = inspect.signature(function).parameters
    except (TypeError, ValueError):
        return function(*values.values())
    by_name = {name: value for names, value in wanted.items() for name in names if name in taken}
    for names, value in values.items():
        name = next((name for name in names if name in taken), None)
        if name is None or taken[name].kind is inspect.Parameter.POSITIONAL_ONLY:
            return function(*values.values())
        by_name[name] = value
    return function(**by_name)


class PlainNet(nn.Module):
    """A net without dropout, and so without `train_mode` and `eval_mode`."""

    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Flatten(), nn.Linear(784, 20), nn.ReLU(), nn.Linear(20, 10))

    def forward(self, x):
        """From images to logits."""
        return self.layers(x)


class Modes:
    """Whether the model was random, at each of the batches that its training showed it."""

    def __init__(self, train_set, val_set):
        self.sets = [{key(row) for row in one.tensors[0]} for one in (train_set, val_set)]
        self.train, self.val = [], []
        self.busy = False

    def watched(self, kind, rate):
        """A classifier that notes its batches: a subclass of the student's class."""
        modes = self

        class Watched(kind):
            def __call__(self, x, *args, **kwargs):
                modes.note(x, lambda: super(Watched, self).__call__(x, *args, **kwargs))
                return super().__call__(x, *args, **kwargs)

        Watched.__name__ = Watched.__qualname__ = kind.__name__
        return make(Watched, rate)

    def note(self, x, ask):
        """Note for a batch of known images whether the same call gives two different answers."""
        if self.busy or not isinstance(x, torch.Tensor) or x.dim() < 2 or x[0].numel() != 784:
            return
        first = key(x[0])
        seen = self.train if first in self.sets[0] else self.val if first in self.sets[1] else None
        if seen is None or (seen is self.train and not torch.is_grad_enabled()):
            return  # unknown images, or the accuracy on training images, measured as it likes
        self.busy = True
        try:
            with torch.no_grad(), torch.random.fork_rng(devices=[]):
                one, other = ask(), ask()
                if bool(one.isfinite().all()):  # nan differs from itself, and shows nothing
                    seen.append(not torch.equal(one, other))
        finally:
            self.busy = False


def key(image):
    """An image as something to look up, whatever its shape and float type."""
    return image.detach().float().flatten().numpy().tobytes()
