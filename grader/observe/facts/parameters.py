"""The table of all that could be trained: whose it is, and what became of it.

Runs in the student's process. Listed is each tensor that a loss led to, an optimizer was given,
or a called model registers. Of each: the model that registers it, the optimizer that holds it, how
often the losses that were looked at led to it, whether its numbers have changed, and where it was
made. Rules ask it for what is missing somewhere: a layer in no model, a weight in no optimizer.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from types import CodeType, FrameType
from typing import Any
from weakref import ref

import torch
from torch import nn
from torch.nn.modules import module as module_hooks
from torch.optim import Optimizer

from grader.observe.bindings import constructor_of, stores
from grader.observe.calls import Call
from grader.observe.freezing import Freezing
from grader.observe.gradients import Leaf
from grader.observe.graphs import walk
from grader.observe.log import plain_float
from grader.observe.looking import (
    asks_for_gradients,
    first_argument,
    gradient_of,
    has_values,
    is_a,
    is_exactly,
    is_tensor,
    items_of,
    module_dict,
    modules_in,
    named_parameters_in,
    parameters_in,
    parts_of,
    shape_of,
    tensors_in,
)
from grader.observe.marks import norm
from grader.observe.moments import FIRST, Observer, Pass, Run
from grader.observe.patching import FAILED, Patches
from grader.schema.rows import Born, Held, Parameter, Within

MOST = 300
MOST_MADE = 20_000
MOST_HELD = 60
MOST_BORN = 60
PLAIN = (list, tuple, dict)
PARTS = ("_parameters", "_buffers", "_modules")
LONGEST = 80
STATEFUL = ("betas", "momentum", "alpha", "rho", "etas", "lambd", "lr_decay", "history_size")
"""Settings of optimizers that keep something from one step to the next."""
SUMMING = "initial_accumulator_value"
"""The setting of one that adds up the squares of all gradients, whatever its value."""

Probe = tuple[float, float]
Stack = tuple[tuple[int, CodeType, int], ...]
"""Of each frame: its id, its code, and the line that it is at."""


class Seen:
    """One tensor of the table."""

    __slots__ = (
        "asked", "gradient", "model", "name", "nearest", "optimizer", "passes", "reached", "ref",
        "shape", "start",
    )  # fmt: skip

    def __init__(self, tensor: torch.Tensor, passes: int) -> None:
        self.ref = ref(tensor)
        self.asked = bool(asks_for_gradients(tensor))
        self.shape = shape_of(tensor)
        self.start = _probe(tensor)
        self.model, self.name = -1, ""
        self.optimizer = -1
        self.passes = passes  # that had been looked at before it was known
        self.reached = 0
        self.nearest = -1  # its place in the last graph, from the loss on
        self.gradient: float | None = None


class Made:
    """Where a parameter was registered, and where the whole module around it was made.

    ``asked``: whether it asked for gradients by then. ``stack``: the frames around the whole
    module's line, by their ids, from that line outward.
    """

    __slots__ = ("asked", "inner", "outer", "ref", "stack")

    def __init__(self, tensor: torch.Tensor, inner: int, outer: int, stack: Stack) -> None:
        self.ref = ref(tensor)
        self.asked = bool(asks_for_gradients(tensor))
        self.inner, self.outer, self.stack = inner, outer, stack


class Parameters(Observer):
    """Keeps the table, at the passes that are looked at, and writes it at the end."""

    def __init__(self, run: Run) -> None:
        super().__init__(run)
        self._seen: dict[int, Seen] = {}
        self._made: dict[int, Made] = {}
        self._ran: dict[int, int] = {}  # ids of modules, and the lines that called them
        self._led: set[int] = set()
        self._born: set[int] = set()
        self._loaded: set[int] = set()
        self._kept: list[nn.Module] = []  # alive, so that their ids stay their own
        self._optimizers: dict[int, tuple[ref[Any], int]] = {}
        self._holders: dict[int, tuple[ref[torch.Tensor], int]] = {}
        self._freezing = Freezing(run.log)
        self._passes = 0
        self._rows = 0

    def install(self, patches: Patches) -> None:
        """Hear where parameters are registered, loaded, frozen and handed to optimizers."""
        self._freezing.install(patches)
        patches.hook(module_hooks.register_module_parameter_registration_hook, self._registered)
        patches.around(nn.Module, "load_state_dict", self._is_loaded)
        patches.around(Optimizer, "add_param_group", _heard, self._given)

    # --- where they come from ---------------------------------------------------------

    def _registered(self, _module: Any, _name: Any, tensor: Any) -> None:
        if not is_tensor(tensor) or len(self._made) >= MOST_MADE or not self.log.watches():
            return
        frame = self.log.frame(2)
        if frame is not None:
            outer = self._outside(frame)
            stack = tuple((id(at), at.f_code, at.f_lineno) for at in self._frames(outer))
            places = self.log.place(frame), self.log.place(outer)
            self._made[id(tensor)] = Made(tensor, *places, stack)

    def _frames(self, frame: FrameType | None) -> Iterator[FrameType]:
        """The student's frames from one outward."""
        while (frame := self.log.student_from(frame)) is not None:
            yield frame
            frame = frame.f_back

    def _begun(self, tensor: torch.Tensor | None) -> int:
        """The line around a module's making whose function still runs: a factory has returned."""
        made = None if tensor is None else self._made.get(id(tensor))
        if made is None or made.ref() is not tensor:
            return -1
        running = {id(at): at.f_code for at in self._frames(self.log.frame(1))}
        lines = ((code, line) for at, code, line in made.stack if running.get(at) is code)
        found = next(lines, None)
        return made.outer if found is None else self.log.line(*found)

    def _outside(self, frame: FrameType) -> FrameType | None:
        """The student's frame that makes the outermost module whose constructor is running."""
        found, at = frame, frame.f_back
        inside = _is_constructor(frame)
        while at is not None and inside:
            if self.log.is_student(at.f_code):
                found, inside = at, _is_constructor(at)
            at = at.f_back
        return found

    def _is_loaded(self, args: tuple[Any, ...], _: dict[str, Any]) -> None:
        if args and is_a(args[0], nn.Module) and self.log.watches():
            self._loaded |= {id(p) for p in parameters_in(args[0])}
            self._kept.append(args[0])

    def _place(self, tensor: torch.Tensor | None) -> tuple[int, int]:
        made = None if tensor is None else self._made.get(id(tensor))
        return (made.inner, made.outer) if made is not None and made.ref() is tensor else (-1, -1)

    def _frozen(self, tensor: torch.Tensor | None) -> int:
        """The line that froze a parameter which asked for gradients when it was registered."""
        made = None if tensor is None else self._made.get(id(tensor))
        if tensor is None or made is None or made.ref() is not tensor or not made.asked:
            return -1
        return -1 if asks_for_gradients(tensor) else self._freezing.line_of(tensor)

    # --- optimizers -------------------------------------------------------------------

    def optimizer(self, optimizer: Any, index: int, place: int) -> None:  # noqa: ARG002
        """Remember it by its number in the trace."""
        self._optimizers[id(optimizer)] = ref(optimizer), index

    def _given(self, args: tuple[Any, ...], kwargs: dict[str, Any], output: Any) -> None:
        """An optimizer has taken a group of tensors."""
        group = args[1] if len(args) > 1 else kwargs.get("param_group")
        known = self._optimizers.get(id(args[0]))
        if output is FAILED or known is None or type(group) is not dict:
            return
        index = known[1]
        tensors = [p for p in parts_of(group.get("params")) if is_tensor(p)]
        earlier = {self._holder(p) for p in tensors}
        if self._rows < MOST_HELD:
            self._rows += 1
            before = earlier.pop() if len(earlier) == 1 else -1
            keeps = _is_stateful(group), _momentum(group)
            self.log.add(Held.write(index, len(tensors), before, self.run.updates.count, *keeps))
        for tensor in tensors:
            self._holders[id(tensor)] = ref(tensor), index

    def _holder(self, tensor: torch.Tensor) -> int:
        """The optimizer that was given a tensor last; -1 if none was."""
        known = self._holders.get(id(tensor))
        return known[1] if known is not None and known[0]() is tensor else -1

    # --- passes -----------------------------------------------------------------------

    def forward(self, call: Call, module: nn.Module, inputs: tuple[Any, ...], output: Any) -> None:  # noqa: ARG002
        """Note a new model, and what the first forwards' results lead to."""
        model = call.model
        if model.index not in self._born and len(self._born) < MOST_BORN:
            self._born.add(model.index)
            first = next(iter(parameters_in(module)), None)
            loaded = id(first) in self._loaded
            self.log.add(
                Born.write(model.index, self._begun(first), self.run.updates.count, loaded)
            )
        if self._passes < FIRST:
            self._ran[id(module)] = self.log.here()
            self._led |= {id(leaf) for leaf, _ in walk(tensors_in(output)).leaves}

    def inside(self, module: nn.Module) -> None:
        """Note that a module ran inside a model, before one of the first passes."""
        if len(self._ran) < MOST_MADE:
            self._ran[id(module)] = self.log.here()

    def loss(self, passing: Pass) -> None:
        """Note what the loss leads to, and what is there beside it."""
        if not self._passes:
            self._freezing.learn()
        graph = walk(passing.roots)
        leaves = [leaf for leaf, _ in graph.leaves]
        if not self._seen or any(id(leaf) not in self._seen for leaf in leaves):
            self._learn(passing, leaves)
        for rank, leaf in enumerate(leaves):
            seen = self._see(leaf)
            if seen is not None:
                seen.reached += 1
                seen.nearest = rank
        self._passes += 1

    def _learn(self, passing: Pass, leaves: list[torch.Tensor]) -> None:
        """Take in the parameters of the models that were called, and what optimizers hold."""
        for call in passing.calls:
            module = call.model.ref()
            for _, tensor in () if module is None else named_parameters_in(module):
                self._see(tensor)
        for tensor in (*leaves, *self._held()):
            self._see(tensor)
        self._name()

    def _held(self) -> list[torch.Tensor]:
        """The tensors that optimizers were given, as far as they still exist."""
        return [tensor for at, _ in self._holders.values() if (tensor := at()) is not None]

    def _see(self, tensor: torch.Tensor) -> Seen | None:
        seen = self._seen.get(id(tensor))
        if seen is not None and seen.ref() is tensor:
            return seen
        if seen is not None or len(self._seen) >= MOST:
            return None  # another has taken its place in memory: a program that makes many
        seen = self._seen[id(tensor)] = Seen(tensor, self._passes)
        return seen

    def _name(self) -> None:
        """Find the models that register the tensors, and their names in there."""
        nameless = {id(seen.ref()): seen for seen in self._seen.values() if seen.model < 0}
        for model in self.run.models.table if nameless else ():
            module = model.ref()
            for name, tensor in () if module is None else named_parameters_in(module):
                seen = nameless.pop(id(tensor), None)
                if seen is not None:
                    seen.model, seen.name = model.index, name[:LONGEST]

    def update(self, leaves: Sequence[Leaf], number: int) -> None:  # noqa: ARG002
        """Note an update that is made inside a backward pass."""
        if self.run.updates.is_passing:
            self.log.add(Within.write(number))

    def backward(self, passing: Pass) -> None:  # noqa: ARG002
        """Measure the gradients."""
        for seen in self._seen.values():
            tensor = seen.ref()
            grad = None if tensor is None else gradient_of(tensor)
            if grad is not None and has_values(grad):
                seen.gradient = max(norm([grad]), seen.gradient or 0.0)

    # --- the end ----------------------------------------------------------------------

    def end(self) -> None:
        """Write the table."""
        for tensor in self._held():
            self._see(tensor)
        self._name()
        ran = self._parameters_that_ran()
        kept = {key: (name, place) for key, name, place in self._in_containers()}
        for seen in self._seen.values():
            self._write(seen, ran, kept)

    def _write(self, seen: Seen, ran: dict[int, int], kept: dict[int, tuple[str, int]]) -> None:
        tensor = seen.ref()
        inner, outer = self._place(tensor)
        name, place = kept.get(id(tensor), ("", -1)) if tensor is not None else ("", -1)
        there = tensor is not None
        size, sizes = math.prod(seen.shape), (None, None) if seen.start is None else seen.start
        self.log.add(
            Parameter.write(
                name=seen.name or name[:LONGEST],
                model=seen.model,
                optimizer=-1 if tensor is None else self._holder(tensor),
                place=inner if place < 0 else place, made=outer, frozen=self._frozen(tensor),
                listed=there and id(tensor) in kept,
                parameter=there and is_a(tensor, nn.Parameter),
                asked=seen.asked,
                asks=bool(asks_for_gradients(tensor)) if tensor is not None else seen.asked,
                changed=tensor is None or _probe(tensor) != seen.start,
                loaded=id(tensor) in self._loaded,
                ran=id(tensor) in ran, called=ran.get(id(tensor), -1), led=id(tensor) in self._led,
                axes=len(seen.shape), size=size,
                passes=seen.reached, of=self._passes - seen.passes, nearest=seen.nearest,
                gradient=None if seen.gradient is None else plain_float(seen.gradient),
                mean=None if sizes[0] is None else plain_float(sizes[0] / max(size, 1)),
                square=None if sizes[1] is None else plain_float(sizes[1] / max(size, 1)),
            )
        )  # fmt: skip

    def _parameters_that_ran(self) -> dict[int, int]:
        """The parameters whose own module ran before a pass that was looked at: id, line."""
        found: dict[int, int] = {}
        for model in self.run.models.table:
            module = model.ref()
            for part in () if module is None else modules_in(module):
                if id(part) in self._ran:
                    own = items_of(module_dict(part).get("_parameters"))
                    at = self._ran[id(part)]
                    found |= {id(tensor): at for _, tensor in own if is_tensor(tensor)}
        return found

    def _in_containers(self) -> Iterator[tuple[int, str, int]]:
        """The parameters that a model keeps in a plain list or dictionary: id, name, line."""
        for model in self.run.models.table:
            module = model.ref()
            for part in () if module is None else modules_in(module):
                for name, value in items_of(module_dict(part)):
                    if type(name) is str and name not in PARTS and is_exactly(value, *PLAIN):
                        place = self._assigned(type(part), name)
                        yield from ((*one, place) for one in _contained(name, value))

    def _assigned(self, kind: type, name: str) -> int:
        """The line of a class's constructor that binds an attribute; -1 if it is none of theirs."""
        code = constructor_of(kind)
        line = None if code is None or not self.log.is_student(code) else stores(code, name)
        return -1 if line is None or code is None else self.log.line(code, line)


def _contained(name: str, value: Any) -> Iterator[tuple[int, str]]:
    keyed = items_of(value) if type(value) is dict else list(enumerate(parts_of(value)))
    for key, item in keyed:
        inner = f"{name}[{key!r}]" if is_exactly(key, int, str) else name
        if is_a(item, nn.Module):
            for rest, tensor in named_parameters_in(item):
                yield id(tensor), f"{inner}.{rest}"
        elif is_a(item, nn.Parameter):
            yield id(item), inner


def _is_constructor(frame: FrameType) -> bool:
    return frame.f_code.co_name == "__init__" and is_a(first_argument(frame), nn.Module)


def _is_stateful(group: dict[str, Any]) -> bool:
    """Whether an optimizer with these settings keeps something from step to step."""
    return SUMMING in group or any(name in group and group[name] != 0 for name in STATEFUL)


def _momentum(group: dict[str, Any]) -> float:
    """The momentum of plain descent, where all of a new gradient is added to it."""
    momentum, dampening = group.get("momentum"), group.get("dampening")
    if type(momentum) is not float or not is_exactly(dampening, int, float) or dampening != 0:
        return 0.0
    return momentum if 0 < momentum < 1 else 0.0


def _probe(tensor: torch.Tensor) -> Probe | None:
    """The sum of a tensor's numbers and of their squares, which hardly any change keeps."""
    if not has_values(tensor):
        return None
    values = tensor.detach().double()
    return float(values.sum()), float(values.square().sum())


def _heard(_args: tuple[Any, ...], _kwargs: dict[str, Any]) -> object:
    """Let a call pass, and be told when it has ended."""
    return True
