"""What the grader uses to look at a classifier without modules, and to train it."""

import inspect

import torch
from torch import nn
from torch.nn.modules.module import register_module_forward_pre_hook
from torch.utils.data import DataLoader, TensorDataset
from torchvision.datasets import MNIST

LESSON_SPLIT = 50_000
MODEL_NAMES = ("model", "net", "network", "classifier", "mlp")
TRAIN_NAMES = ("train_loader", "train_dl", "trainloader", "train_dataloader", "loader")
VAL_NAMES = ("val_loader", "val_dl", "valloader", "val_dataloader", "valid_loader", "test_loader")
EPOCH_NAMES = ("epochs", "num_epochs", "n_epochs", "max_epochs")
RATE_NAMES = ("lr", "learning_rate", "rate", "step_size", "eta", "alpha")


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


def loaders(train_count=None, val_count=None, names=None):
    """A shuffling loader of batches of 64, and a loader of batches of 256 in order."""
    train, val = digits(train_count, val_count, names)
    return DataLoader(train, batch_size=64, shuffle=True), DataLoader(val, batch_size=256)


# --- the model -----------------------------------------------------------------------------


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
    """Of each parameter: its name inside the model, shape, and whether autograd can train it."""
    given = parameters(model)
    if given is None:
        return None
    names = {id(value): name for name, value in inside(model) if isinstance(value, torch.Tensor)}
    return [
        [
            names.get(id(one), f"parameter {number}"),
            list(one.shape),
            one.requires_grad,
            one.is_leaf,
            type(one.grad_fn).__name__,
            one.is_floating_point(),
            id(one),
        ]
        if isinstance(one, torch.Tensor)
        else [f"parameter {number}", type(one).__name__]
        for number, one in enumerate(given, 1)
    ]


def inside(value, name="", depth=4):
    """Every object that a model holds, with its dotted name; in lists and dicts too."""
    if isinstance(value, dict):
        parts = [(f"{name}[{key!r}]", each) for key, each in value.items()]
    elif isinstance(value, (list, tuple)):
        parts = [(f"{name}[{index}]", each) for index, each in enumerate(value)]
    elif isinstance(value, (torch.Tensor, nn.Module)) and name:
        parts = []
    else:
        held = {**getattr(value, "__dict__", {})}
        held.update(
            {
                slot: getattr(value, slot)
                for slot in getattr(value, "__slots__", ())
                if isinstance(slot, str) and hasattr(value, slot)
            }
        )
        parts = [(f"{name}.{key}".lstrip("."), each) for key, each in held.items()]
    for label, each in parts:
        yield label, each
        if depth > 1 and not isinstance(each, (str, bytes, type)) and not callable_code(each):
            yield from inside(each, label, depth - 1)


def callable_code(value):
    """Whether a value is a function or a module of Python, which hold nothing of the model."""
    return inspect.isroutine(value) or inspect.ismodule(value)


def modules(model):
    """The classes of the modules that the model is or holds."""
    found = [value for _, value in inside(model) if isinstance(value, nn.Module)]
    return sorted({type(one).__name__ for one in [model, *found] if isinstance(one, nn.Module)})


def values(model):
    """The numbers of the parameters."""
    return [one.detach().clone() for one in parameters(model)]


def without_gradient(model, images):
    """The places (from 0) of the parameters that no gradient of the output reaches."""
    outputs(model, images).float().pow(2).sum().backward()
    return [index for index, one in enumerate(parameters(model)) if one.grad is None]


def outputs(model, images):
    """What the model makes of images (N, 1, 28, 28), or of (N, 784) if it takes no others."""
    try:
        return model(images)
    except Exception:
        try:
            return model(images.flatten(1))
        except Exception:
            pass
        raise


def logits(model, images):
    """The same for raw images (N, 28, 28) uint8, without gradients."""
    with torch.no_grad():
        return torch.cat([outputs(model, part) for part in prepared(images).split(500)])


# --- training ------------------------------------------------------------------------------


class Fitted:
    """What a training left behind: the model, the history, and the modules that ran."""

    def __init__(self, model, history, ran):
        self.model = model
        self.history = history
        self.ran = ran


def fit(train, model, train_loader, val_loader, epochs, lr):
    """Call `train`, its parameters filled by their names; in the task's order where unknown."""
    ran = set()
    hook = register_module_forward_pre_hook(lambda module, _: ran.add(type(module).__name__))
    try:
        result = call(
            train,
            {
                MODEL_NAMES: model,
                TRAIN_NAMES: train_loader,
                VAL_NAMES: val_loader,
                EPOCH_NAMES: epochs,
                RATE_NAMES: lr,
            },
        )
    finally:
        hook.remove()
    history = result
    if isinstance(result, tuple) and any(isinstance(one, type(model)) for one in result):
        model = next(one for one in result if isinstance(one, type(model)))
        history = next((one for one in result if one is not model), None)
    return Fitted(model, plain(history), sorted(ran))


def call(function, values):
    """Call a function; `values` maps the names that a parameter may have to what it is given."""
    try:
        taken = inspect.signature(function).parameters
    except (TypeError, ValueError):
        return function(*values.values())
    by_name = {}
    for names, value in values.items():
        name = next((name for name in names if name in taken), None)
        if name is None or taken[name].kind is inspect.Parameter.POSITIONAL_ONLY:
            return function(*values.values())
        by_name[name] = value
    return function(**by_name)


def plain(value, depth=5):
    """A history as lists, dicts and numbers, whatever it was made of."""
    if isinstance(value, torch.Tensor):
        return value.detach().tolist()
    if hasattr(value, "tolist"):
        return value.tolist()
    if isinstance(value, dict):
        return {str(key): plain(each, depth - 1) for key, each in value.items()}
    if value is None or isinstance(value, (bool, int, float, str)) or depth == 0:
        return value if isinstance(value, (bool, int, float, str)) else None
    if isinstance(value, (list, tuple)):
        if hasattr(value, "_asdict"):
            return plain(value._asdict(), depth)
        return [plain(each, depth - 1) for each in value]
    return plain(dict(vars(value)), depth) if hasattr(value, "__dict__") else None
