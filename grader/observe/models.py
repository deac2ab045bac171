"""The modules that were called as a whole, and what is known of each.

Runs in the student's process.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator
from types import FunctionType
from typing import Any
from weakref import ref

import torch
from torch import nn
from torch.nn.modules import loss as losses
from torch.nn.modules import module as module_hooks

from grader.model import Plain
from grader.observe.gradients import Gradients
from grader.observe.log import Log
from grader.observe.looking import (
    attribute,
    has_values,
    in_class,
    is_a,
    is_exactly,
    is_leaf,
    module_of,
    modules_in,
    name_of,
    named_parameters_in,
    parameters_in,
    quietly,
    shape_of,
    version_of,
)
from grader.observe.patching import Patches
from grader.schema import rows

SENSITIVE_TYPES = (
    nn.modules.dropout._DropoutNd,
    nn.modules.batchnorm._NormBase,
    nn.RReLU,
)
CARRIERS = (nn.MultiheadAttention, nn.RNNBase)

Given = dict[str, Any]
"""Tensors by the name of the parameter or buffer that they stand for."""


class LiveModel:
    """One root module: its place in the table, its tensors, its mode-sensitive parts."""

    __slots__ = (
        "changed", "count", "dropouts", "given", "index", "inner", "is_loss", "is_module", "kept",
        "latest", "module", "name", "own", "parameters", "ref", "sensitive", "signature",
        "structure", "trained",
    )  # fmt: skip

    def __init__(self, module: nn.Module) -> None:
        self.index = -1
        self.ref = ref(module)
        self.module: nn.Module | None = None  # strong, from its first update on
        self.name = name_of(module)
        self.is_module = True
        self.is_loss = is_a(module, losses._Loss)
        self.parameters: list[ref[torch.Tensor]] = []
        self.count = 0
        self.inner = False
        self.sensitive: list[str] = []
        self.signature = ""
        self.structure = -1
        self.trained = 0
        self.dropouts = 0  # forwards in evaluation mode in which they were looked for
        self.changed = False
        self.given: Given | None = None  # what stands for its tensors while it is called
        self.latest: Given | None = None  # what stood for them the last time
        self.kept: Given | None = None  # what stood for them when it was last trained
        self.own: dict[str, tuple[ref[torch.Tensor], int]] = {}

    def give(self, module: nn.Module, given: Given) -> None:
        """Note what stands for its own tensors; the first time, also the state of those."""
        if not self.own:
            self.own = {name: (ref(p), version_of(p)) for name, p in named_parameters_in(module)}
        self.given = self.latest = given

    def trained_givens(self) -> Iterator[Given]:
        """What the trained tensors are, where others than its own were trained; best first.

        Nothing if its own were written to since. The latest are no better if they are those
        that the training began with, which are most often copies of its own.
        """
        own = {name: ref() for name, (ref, _) in self.own.items()}
        if self.kept is None or any(p is None for p in own.values()):
            return
        if any(version_of(p) != self.own[name][1] for name, p in own.items() if p is not None):
            return
        latest = self.latest or self.kept
        alike = latest.keys() == self.kept.keys()
        if alike and not all(_equal(p, latest.get(name, p)) for name, p in own.items()):
            yield latest
        yield self.kept


class Models:
    """The table of root modules, kept right when a module's structure changes."""

    def __init__(self, log: Log, gradients: Gradients) -> None:
        self._log = log
        self._gradients = gradients
        self._by_id: dict[int, LiveModel] = {}
        self.structure = 0  # how often any module has changed its parts
        self._reads_mode: dict[int, tuple[type, bool]] = {}  # by id: hashing a class may be theirs
        self.plain: set[int] = set()
        """The ids of classes whose instances never act differently in training mode."""
        self.table: list[LiveModel] = []

    def install(self, patches: Patches) -> None:
        """Notice when any module gains a submodule or a parameter."""

        def changed(*_: Any) -> None:
            self.structure += 1

        patches.hook(module_hooks.register_module_module_registration_hook, changed)
        patches.hook(module_hooks.register_module_parameter_registration_hook, changed)

    def of(self, module: nn.Module) -> LiveModel:
        """The entry of a root module; its index is -1 while it has no parameters."""
        model = self._by_id.get(id(module))
        if model is None or model.ref() is not module:
            model = LiveModel(module)
            self._by_id[id(module)] = model
        if model.structure != self.structure:
            model.structure = self.structure
            self._read(model, module)
        return model

    def _read(self, model: LiveModel, module: nn.Module) -> None:
        known = (model.count, model.sensitive) if model.index >= 0 else None
        parameters = parameters_in(module)
        if any(_is_lazy(p) for p in parameters):
            model.structure = -1  # shapes come with the first batch: read again next time
            parameters = [p for p in parameters if not _is_lazy(p)]
        for p in parameters:
            if is_leaf(p):
                self._gradients.know(p).hosted = True
        model.parameters = [ref(p) for p in parameters]
        inside = modules_in(module)
        model.inner = len(inside) > 1
        model.sensitive = sorted({name_of(part) for part in inside if self.is_sensitive(part)})
        digest = hashlib.blake2b(digest_size=8)
        for p in parameters:
            digest.update(repr(shape_of(p)).encode())
        model.signature = digest.hexdigest()
        model.count = sum(math.prod(shape_of(p)) for p in parameters)
        if parameters and not model.is_loss and known != (model.count, model.sensitive):
            self._enter(model)

    def _enter(self, model: LiveModel) -> None:
        if model.index < 0:
            model.index = len(self.table)
            self.table.append(model)
        sensitive: list[Plain] = [*model.sensitive[:8]]
        self._log.add(rows.Model.write(model.index, model.name, True, model.count, sensitive))

    def functional(self) -> LiveModel:
        """The entry that stands for products of trained tensors outside of any module."""
        for model in self.table:
            if model.signature == FUNCTIONAL:
                return model
        model = LiveModel(nn.Identity())
        model.name, model.signature, model.is_module = "function", FUNCTIONAL, False
        model.index = len(self.table)
        self.table.append(model)
        self._log.add(rows.Model.write(model.index, model.name, False, 0, []))
        return model

    def is_sensitive(self, module: nn.Module) -> bool:
        """Whether a module acts differently in training mode.

        By class for those of torch, by what its ``forward`` reads for a student's own.
        """
        if is_a(module, *SENSITIVE_TYPES):
            return _is_active(module)
        if is_a(module, *CARRIERS):
            return _is_above_zero(attribute(module, "dropout"))
        kind = type(module)
        known = self._reads_mode.get(id(kind))
        if known is None:
            known = self._reads_mode[id(kind)] = kind, _reads_mode(kind)
            if not known[1]:
                self.plain.add(id(kind))
        return known[1]

    def is_trained(self, model: LiveModel) -> bool:
        """Whether an update has changed any tensor of ``model``."""
        if not model.changed:
            tensors = [tensor for ref in model.parameters if (tensor := ref()) is not None]
            leaves = [self._gradients.find(tensor) for tensor in tensors]
            model.changed = any(leaf is not None and leaf.consumed_at for leaf in leaves)
        return model.changed

    def same_values(self, model: LiveModel) -> int | None:
        """The trained model whose values ``model`` holds a copy of, if there is one."""
        for other in self.table:
            if other is model or not other.trained or other.signature != model.signature:
                continue
            pairs = zip(model.parameters, other.parameters, strict=False)
            if all(_equal(one(), two()) for one, two in pairs):
                return other.index
        return None


FUNCTIONAL = "functional"


def _reads_mode(kind: type) -> bool:
    """Whether the ``forward`` of a class that is not torch's own asks for its mode."""
    forward = in_class(kind, "forward")
    if type(forward) is not FunctionType or "training" not in forward.__code__.co_names:
        return False
    return not module_of(kind).startswith(("torch.", "torchvision."))


def _is_active(module: nn.Module) -> bool:
    if is_a(module, nn.modules.dropout._DropoutNd):
        return _is_above_zero(attribute(module, "p"))
    if is_a(module, nn.modules.instancenorm._InstanceNorm):
        return attribute(module, "track_running_stats") is True
    return True


def _is_above_zero(value: object) -> bool:
    return is_exactly(value, int, float) and value > 0


def _is_lazy(tensor: torch.Tensor) -> bool:
    return is_a(tensor, nn.UninitializedParameter) or is_a(tensor, nn.UninitializedBuffer)


def _equal(one: torch.Tensor | None, two: torch.Tensor | None) -> bool:
    if one is None or two is None:
        return False
    with quietly():
        if not (has_values(one) and has_values(two)) or one.device != two.device:
            return False
        return torch.equal(one.detach(), two.detach())
