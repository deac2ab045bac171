"""Calling a function of the student's whose parameters are known by their names only.

A file may define ``train(model, train_loader, epochs)`` and leave the call to the grader. The
names below are those that such functions use; a parameter with a default keeps it, but for the
loaders, which are the grader's.
"""

from __future__ import annotations

import contextlib
import inspect
from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import nn

EPOCHS = 5
LEARNING_RATE = 0.05

TRAIN_LOADER = frozenset(
    ("train_loader", "trainloader", "train_dataloader", "train_dl", "training_loader", "loader",
     "dataloader", "data_loader", "train_data", "train_iter", "train")
)  # fmt: skip
VAL_LOADER = frozenset(
    ("val_loader", "valloader", "val_dataloader", "val_dl", "valid_loader", "validation_loader",
     "valid_dl", "validloader", "test_loader", "testloader", "test_dataloader", "eval_loader",
     "val_data", "val_iter", "val", "valid", "dev_loader")
)  # fmt: skip
MODEL = frozenset(("model", "net", "network", "classifier", "mlp"))
EPOCH_COUNT = frozenset(("epochs", "num_epochs", "n_epochs", "epoch", "max_epochs"))
RATE = frozenset(("lr", "learning_rate"))
LOSS = frozenset(("criterion", "loss_fn", "loss_function", "loss_func"))
OPTIMIZER = frozenset(("optimizer", "optim", "opt"))
DEVICE = frozenset(("device", "dev"))
MODELS_MADE_BY = ("build_model", "make_model", "create_model", "get_model")
MODEL_CLASSES = (
    "mnistnet", "mnistmodel", "mnistclassifier", "net", "model", "network", "classifier", "mlp"
)  # fmt: skip
"""What a class is called that is the model, and not a part of one."""


class CannotCall(TypeError):
    """A required parameter has a name that says nothing to the grader."""

    def __init__(self, function: Callable[..., Any], parameter: str) -> None:
        super().__init__(
            f"{function.__name__}() needs a value for its parameter {parameter!r}, which the "
            "grader doesn't know; give it a default, or call the function in the file"
        )


def call(function: Callable[..., Any], provided: dict[str, Any], namespace: dict[str, Any]) -> Any:
    """Call ``function`` with its parameters filled by name. Raises :class:`CannotCall`."""
    arguments: dict[str, Any] = {}
    for parameter in inspect.signature(function).parameters.values():
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            continue
        value = _value_for(parameter.name, provided, namespace, arguments)
        if value is not None and (
            parameter.default in (None, parameter.empty) or _is_loader(parameter)
        ):
            arguments[parameter.name] = value
        elif parameter.default is parameter.empty:
            raise CannotCall(function, parameter.name)
    positional = [
        arguments.pop(name)
        for name, parameter in inspect.signature(function).parameters.items()
        if parameter.kind is parameter.POSITIONAL_ONLY and name in arguments
    ]
    return function(*positional, **arguments)


def _is_loader(parameter: inspect.Parameter) -> bool:
    return parameter.name.lower() in TRAIN_LOADER | VAL_LOADER


def _value_for(
    name: str, provided: dict[str, Any], namespace: dict[str, Any], so_far: dict[str, Any]
) -> Any:
    """The value for a parameter: the grader's loaders, the file's own names, then what fits."""
    lower = name.lower()
    if lower in TRAIN_LOADER:
        return provided.get("train_loader")
    if lower in VAL_LOADER:
        return provided.get("val_loader")
    if name in namespace:
        return namespace[name]
    for names, make in (
        (MODEL, lambda: _model(namespace)),
        (EPOCH_COUNT, lambda: EPOCHS),
        (RATE, lambda: LEARNING_RATE),
        (LOSS, nn.CrossEntropyLoss),
        (OPTIMIZER, lambda: _optimizer(so_far)),
        (DEVICE, lambda: torch.device("cpu")),
    ):
        if lower in names:
            return make()
    return None


def _model(namespace: dict[str, Any]) -> nn.Module:
    """A model of the student's: an object, one that a function of theirs makes, or of a class.

    A name that says so decides. Without one, a part has fewer parameters than what it is part of.
    """
    own = {name: value for name, value in namespace.items() if not name.startswith("_")}
    there = {name.lower(): value for name, value in own.items() if _is_model(value)}
    named = next((value for name, value in there.items() if name in MODEL), None)
    made = (own[name]() for name in MODELS_MADE_BY if callable(own.get(name)))
    found = (
        named
        or next(filter(_is_model, made), None)
        or _largest(there.values())
        or _of_a_class([value for value in own.values() if _is_own_class(value)])
    )
    return found or nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))


def _is_model(value: Any) -> bool:
    return isinstance(value, nn.Module) and any(True for _ in value.parameters())


def _is_own_class(value: Any) -> bool:
    return (
        inspect.isclass(value) and issubclass(value, nn.Module) and value.__module__ == "__main__"
    )


def _of_a_class(classes: list[type[nn.Module]]) -> nn.Module | None:
    """An object of the class that is named like a model, else of the one with most in it."""
    made: dict[str, nn.Module] = {}
    for each in classes:
        # A class may need arguments, or be there to be inherited from.
        with contextlib.suppress(TypeError, NotImplementedError):
            made[each.__name__.lower()] = each()
    models = {name: model for name, model in made.items() if _is_model(model)}
    named = next((models[name] for name in MODEL_CLASSES if name in models), None)
    return named or _largest(models.values())


def _largest(models: Iterable[nn.Module]) -> nn.Module | None:
    """The model with most parameters, the last of equals."""
    counted = [(sum(one.numel() for one in model.parameters()), model) for model in models]
    most = max((count for count, _ in counted), default=0)
    return next((model for count, model in reversed(counted) if count == most), None)


def _optimizer(so_far: dict[str, Any]) -> torch.optim.Optimizer | None:
    models = [value for value in so_far.values() if isinstance(value, nn.Module)]
    return torch.optim.SGD(models[0].parameters(), lr=LEARNING_RATE) if models else None
