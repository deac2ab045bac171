"""The modules that were called as a whole, and what is known of each.

Runs in the student's process.
"""

from __future__ import annotations

import hashlib
import inspect
import weakref
from collections.abc import Iterator
from types import CodeType
from typing import Any

import torch
from torch import nn
from torch.nn.modules import loss as losses
from torch.nn.modules import module as module_hooks

from grader.model import Plain
from grader.trace.gradients import Gradients
from grader.trace.log import Log
from grader.trace.patching import Patches

SENSITIVE_TYPES = (
    nn.modules.dropout._DropoutNd,
    nn.modules.batchnorm._NormBase,
    nn.RReLU,
)
CARRIERS = (nn.MultiheadAttention, nn.RNNBase)

Given = dict[str, Any]
"""Tensors by the name of the parameter or buffer that they stand for."""


class Model:
    """One root module: its place in the table, its tensors, its mode-sensitive parts."""

    __slots__ = (
        "changed", "count", "given", "index", "inner", "is_loss", "is_module", "kept", "latest",
        "module", "name", "own", "parameters", "ref", "sensitive", "signature", "structure",
        "trained",
    )  # fmt: skip

    def __init__(self, module: nn.Module) -> None:
        self.index = -1
        self.ref = weakref.ref(module)
        self.module: nn.Module | None = None  # strong, from its first update on
        self.name = type(module).__name__
        self.is_module = True
        self.is_loss = isinstance(module, losses._Loss)
        self.parameters: list[weakref.ref[torch.Tensor]] = []
        self.count = 0
        self.inner = False
        self.sensitive: list[str] = []
        self.signature = ""
        self.structure = -1
        self.trained = 0
        self.changed = False
        self.given: Given | None = None  # what stands for its tensors while it is called
        self.latest: Given | None = None  # what stood for them the last time
        self.kept: Given | None = None  # what stood for them when it was last trained
        self.own: dict[str, tuple[weakref.ref[torch.Tensor], int]] = {}

    def give(self, module: nn.Module, given: Given) -> None:
        """Note what stands for its own tensors; the first time, also the state of those."""
        if not self.own:
            self.own = {name: (weakref.ref(p), p._version) for name, p in module.named_parameters()}
        self.given = self.latest = given

    def trained_givens(self) -> Iterator[Given]:
        """What the trained tensors are, where others than its own were trained; best first.

        Nothing if its own were written to since. The latest are no better if they are those
        that the training began with, which are most often copies of its own.
        """
        own = {name: ref() for name, (ref, _) in self.own.items()}
        if self.kept is None or any(p is None for p in own.values()):
            return
        if any(p._version != self.own[name][1] for name, p in own.items() if p is not None):
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
        self._by_id: dict[int, Model] = {}
        self._structure = 0
        self._reads_mode: dict[type, bool] = {}
        self.plain: set[type] = set()
        """Classes whose instances never act differently in training mode."""
        self.table: list[Model] = []

    def install(self, patches: Patches) -> None:
        """Notice when any module gains a submodule or a parameter."""

        def changed(*_: Any) -> None:
            self._structure += 1

        patches.hook(module_hooks.register_module_module_registration_hook, changed)
        patches.hook(module_hooks.register_module_parameter_registration_hook, changed)

    def of(self, module: nn.Module) -> Model:
        """The entry of a root module; its index is -1 while it has no parameters."""
        model = self._by_id.get(id(module))
        if model is None or model.ref() is not module:
            model = Model(module)
            self._by_id[id(module)] = model
        if model.structure != self._structure:
            model.structure = self._structure
            self._read(model, module)
        return model

    def _read(self, model: Model, module: nn.Module) -> None:
        known = (model.count, model.sensitive) if model.index >= 0 else None
        parameters = list(module.parameters())
        if any(_is_lazy(p) for p in parameters):
            model.structure = -1  # shapes come with the first batch: read again next time
            parameters = [p for p in parameters if not _is_lazy(p)]
        for p in parameters:
            if p.is_leaf:
                self._gradients.know(p).hosted = True
        model.parameters = [weakref.ref(p) for p in parameters]
        inside = list(module.modules())
        model.inner = len(inside) > 1
        model.sensitive = sorted(
            {type(part).__name__ for part in inside if self.is_sensitive(part)}
        )
        digest = hashlib.blake2b(digest_size=8)
        for p in parameters:
            digest.update(repr(tuple(p.shape)).encode())
        model.signature = digest.hexdigest()
        model.count = sum(p.numel() for p in parameters)
        if parameters and not model.is_loss and known != (model.count, model.sensitive):
            self._enter(model)

    def _enter(self, model: Model) -> None:
        if model.index < 0:
            model.index = len(self.table)
            self.table.append(model)
        sensitive: list[Plain] = [*model.sensitive[:8]]
        self._log.add(["model", model.index, model.name, True, model.count, sensitive])

    def functional(self) -> Model:
        """The entry that stands for products of trained tensors outside of any module."""
        for model in self.table:
            if model.signature == FUNCTIONAL:
                return model
        model = Model(nn.Identity())
        model.name, model.signature, model.is_module = "function", FUNCTIONAL, False
        model.index = len(self.table)
        self.table.append(model)
        self._log.add(["model", model.index, model.name, False, 0, []])
        return model

    def is_sensitive(self, module: nn.Module) -> bool:
        """Whether a module acts differently in training mode.

        By class for those of torch, by what its ``forward`` reads for a student's own.
        """
        if isinstance(module, SENSITIVE_TYPES):
            return _is_active(module)
        if isinstance(module, CARRIERS):
            return float(getattr(module, "dropout", 0.0)) > 0.0
        kind = type(module)
        known = self._reads_mode.get(kind)
        if known is None:
            code = getattr(inspect.getattr_static(kind, "forward", None), "__code__", None)
            outside = not kind.__module__.startswith(("torch.", "torchvision."))
            known = outside and isinstance(code, CodeType) and "training" in code.co_names
            self._reads_mode[kind] = known
            if not known:
                self.plain.add(kind)
        return known

    def is_trained(self, model: Model) -> bool:
        """Whether an update has changed any tensor of ``model``."""
        if not model.changed:
            tensors = [tensor for ref in model.parameters if (tensor := ref()) is not None]
            leaves = [self._gradients.find(tensor) for tensor in tensors]
            model.changed = any(leaf is not None and leaf.consumed_at for leaf in leaves)
        return model.changed

    def same_values(self, model: Model) -> int | None:
        """The trained model whose values ``model`` holds a copy of, if there is one."""
        for other in self.table:
            if other is model or not other.trained or other.signature != model.signature:
                continue
            pairs = zip(model.parameters, other.parameters, strict=False)
            if all(_equal(one(), two()) for one, two in pairs):
                return other.index
        return None


FUNCTIONAL = "functional"


def _is_active(module: nn.Module) -> bool:
    if isinstance(module, nn.modules.dropout._DropoutNd):
        return module.p > 0.0
    if isinstance(module, nn.modules.instancenorm._InstanceNorm):
        return module.track_running_stats
    return True


def _is_lazy(tensor: torch.Tensor) -> bool:
    return isinstance(tensor, nn.UninitializedParameter | nn.UninitializedBuffer)


def _equal(one: torch.Tensor | None, two: torch.Tensor | None) -> bool:
    if one is None or two is None or one.device != two.device:
        return False
    return torch.equal(one.detach(), two.detach())
