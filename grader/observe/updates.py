"""Every change of the trained tensors: by a torch optimizer, or written by hand.

Runs in the student's process. Optimizers are seen through their step hooks. An update by
hand (``p -= lr * p.grad`` and its kin) calls nothing that could be hooked: it is seen by
its effect, between a backward pass and the next forward or backward, and looked for only
on tensors that no torch optimizer has stepped.

In a replay the same place scales each update: ``old + scale * (new - old)`` holds for any
optimizer and for updates by hand alike.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from math import isfinite
from typing import Any
from weakref import ref

import torch
from torch.optim import lr_scheduler
from torch.optim import optimizer as optim_module

from grader.observe.blindness import Blindness
from grader.observe.gradients import Gradients, Leaf
from grader.observe.log import EAGER_UPDATES, Log, plain_float
from grader.observe.looking import (
    first_argument,
    gradient_of,
    has_values,
    is_a,
    is_dense,
    is_tensor,
    module_of,
    name_of,
    parts_of,
    run_quietly,
    scalar,
    version,
    version_of,
)
from grader.observe.marks import norm
from grader.observe.moments import Moments
from grader.observe.opaque import Direct
from grader.observe.patching import FAILED, Patches, StopReplay
from grader.schema.rows import Cleared, Leftover, Optimizer, Scheduled, Update

Pair = tuple[Leaf, torch.Tensor]
_dispatch_modes = torch._C._len_torch_dispatch_stack
_NoFunctions = torch._C.DisableTorchFunction


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a replay changes about updates; see `grader.observe.recorder.Recorder`."""

    scale: float = 1.0
    hold: bool = False
    cap: bool = False
    after: int = 0
    stop_after: int | None = None


class Updates:
    """Counts updates, measures some of them, and says what each consumed.

    ``on_update(pairs)`` is called after each update with the tensors it changed.
    """

    def __init__(
        self,
        log: Log,
        gradients: Gradients,
        moments: Moments,
        change: Change,
        on_update: Callable[[list[Pair]], None],
    ) -> None:
        self._log = log
        self._thread = log.thread
        self._gradients = gradients
        self.blindness = Blindness()
        self.is_passing = False  # a backward pass has not returned yet
        self._on_update = on_update
        self._moments = moments
        self._scale = change.scale
        self._hold = change.hold
        self._cap = change.cap
        self._changes_rates = change.scale > 1.0 or change.hold or change.cap
        self._after = change.after
        self._highest: dict[tuple[int, int], float] = {}
        self.stop_after = change.stop_after
        self.count = 0
        self.backward = -1
        self.backward_place = -1
        self._optimizers: dict[int, tuple[ref[Any], int]] = {}
        self._optimizer_count = 0
        self.running: dict[int, int] = {}  # the steps that have not returned yet, by optimizer
        self._groups: list[dict[str, Any]] = []  # of the optimizer that stepped last
        self._made_at = -1  # where an optimizer was made last
        self._settled = 0  # the id of the optimizer whose steps are looked at when they have ended
        self._before: list[tuple[torch.Tensor, torch.Tensor]] = []
        self._given_rates: list[tuple[dict[str, Any], Any]] = []
        self._held: list[Pair] = []
        self._fed: list[Pair] = []  # those of them that have a gradient as the step begins
        self._began = -1
        self._shape: list[tuple[int, int, int]] = []
        self._tensors_of_shape: list[Pair] = []
        self.tensors: list[torch.Tensor] = []  # of these pairs
        self._leaves: list[Leaf] = []  # and their leaves
        self._leftovers: list[Leaf] = []
        self._grad_norm: float | None = None
        self._gone = 0
        self._leftover_rows = 0
        self.is_watching = False  # whether an update by hand may have been made
        self._place = -1
        self._last_optimizer = -1

    # --- torch optimizers -------------------------------------------------------------

    def install(self, patches: Patches) -> None:
        """Hook every optimizer's step, present and future."""
        for register, point in (
            (optim_module.register_optimizer_step_pre_hook, self._begins),
            (optim_module.register_optimizer_step_post_hook, self._ends),
        ):
            patches.hook(register, _plain(point), StopReplay, point)
        patches.around(optim_module.Optimizer, "__init__", self._constructed, self._was_made)
        patches.around(lr_scheduler.LRScheduler, "__init__", _heard, self._scheduled)

    def _scheduled(self, args: tuple[Any, ...], kwargs: dict[str, Any], _: Any) -> None:
        """Note the line that makes a schedule, for what it does to the rate."""
        optimizer = args[1] if len(args) > 1 else kwargs.get("optimizer")
        entry = self._optimizers.get(id(optimizer))
        if entry is not None and self._log.watches():
            self._log.add(Scheduled.write(entry[1], self._log.here()))

    def _begins(self, _: object, arguments: tuple[Any, ...]) -> object:
        """An optimizer's step begins; one of many is looked at when it has ended, in one go."""
        try:
            optimizer = arguments[0]
            if (
                id(optimizer) == self._settled
                and not self.running
                and self.count % MEASURED != 0
                and self.stop_after is None
                and self._thread.current() == self._thread.ident
            ):
                self.running[id(optimizer)] = 1
                return None
            if not self._log.watches():
                self.blindness.missed()
                return None
            return self._look_at(self._pre, optimizer)
        except BaseException:  # noqa: BLE001 - no exception can pass through a C function
            return None

    def _ends(self, _: object, arguments: tuple[Any, ...]) -> object:
        try:
            optimizer = arguments[0]
            if not self._log.watches():
                self.blindness.missed()
                self.running.pop(id(optimizer), None)
                return None
            if id(optimizer) == self._settled and self._is_one_more(optimizer):
                return None
            return self._look_at(self._post, optimizer)
        except BaseException:  # noqa: BLE001 - no exception can pass through a C function
            return None

    def _look_at(self, point: Callable[[Any], None], optimizer: Any) -> object:
        """Look at the beginning of a step, or at its end; say if it is the last one."""
        try:
            run_quietly(point, optimizer)
        except Exception as error:  # noqa: BLE001 - ours must not end the student's run
            self._log.fault("optimizer step", error)
        ends = self.stop_after is not None and not self.running and self.is_over()
        return StopReplay if ends else None

    def _constructed(self, args: tuple[Any, ...], _: dict[str, Any]) -> object:
        try:
            self._made(args[0])
        except Exception as error:  # noqa: BLE001 - ours must not end the student's run
            self._log.fault("optimizer", error)
        return True

    def _was_made(self, args: tuple[Any, ...], _: dict[str, Any], output: Any) -> None:
        """Its settings and parameters are there now."""
        if output is not FAILED:
            self._moments.made(args[0], self._index(args[0]), self._made_at)

    def _made(self, optimizer: Any) -> None:
        """Note where an optimizer is constructed: outside its own ``__init__`` frames."""
        frame = self._log.frame(1)
        while (
            frame is not None
            and frame.f_code.co_name == "__init__"
            and first_argument(frame) is optimizer
        ):
            frame = frame.f_back
        while frame is not None and not self._log.is_student(frame.f_code):
            frame = frame.f_back
        self._made_at = self._log.place(frame)
        self._moments.optimizer(optimizer, self._index(optimizer, self._made_at), self._made_at)

    def _index(self, optimizer: Any, place: int = -1) -> int:
        entry = self._optimizers.get(id(optimizer))
        if entry is not None and entry[0]() is optimizer:
            return entry[1]
        index = self._optimizer_count
        self._optimizer_count += 1
        self._optimizers[id(optimizer)] = (ref(optimizer), index)
        self._log.add(Optimizer.write(index, name_of(optimizer), place))
        return index

    def abandon(self) -> None:
        """Forget a step that an exception has ended: no later step is within it."""
        for group, given in self._given_rates:
            group["lr"] = given
        self.running.clear()
        self._held, self._before, self._given_rates = [], [], []

    def _pre(self, optimizer: Any) -> None:
        if self._log.is_switched_off():  # seen all the same, and told: no honest step says so
            self.blindness.missed()
        if self.running and not self._is_within_a_step():
            self.abandon()
        key = id(optimizer)
        self.running[key] = depth = self.running.get(key, 0) + 1
        if depth > 1 or len(self.running) > 1:
            return
        self._begin(optimizer)
        held = self._held
        self._leftovers = self._gradients.leftovers(held, self.backward_place, self.count)
        self._settled = 0
        measured = self._measures()
        self._before = []
        self._grad_norm, self._gone = None, 0
        if measured:
            self._grad_norm = norm(g for _, p in held if (g := gradient_of(p)) is not None)
            if self._grad_norm == 0:
                self._gone = self._gradients.gone(held)
            self._gradients.use(held)
        self._given_rates = self._change_rates(optimizer) if self._changes_rates else []
        if measured or (self._scale != 1.0 and self._scale_now() != 1.0):
            self._before = [(p, p.detach().clone()) for _, p in held if is_dense(p)]

    def _begin(self, optimizer: Any) -> None:
        """Note what a step has to work with."""
        self._held = self._tensors(optimizer)
        self._fed = [pair for pair in self._held if gradient_of(pair[1]) is not None]
        self._began = self.backward
        if not self.is_passing:
            self.blindness.steps(id(optimizer), self._fed, self.backward)

    def _tensors(self, optimizer: Any) -> list[Pair]:
        """An optimizer's tensors, those of the last step again if its groups are the same."""
        groups, shape = [], []
        self._groups = _groups(optimizer)
        for group in self._groups:
            params = group.get("params")
            params = params if type(params) is list else parts_of(params)
            groups.append(params)
            if params:
                shape.append((id(params[0]), len(params), id(params[-1])))
        if shape != self._shape:
            know = self._gradients.know
            self._shape = shape
            tensors = [p for params in groups for p in params if is_tensor(p)]
            self._tensors_of_shape = [(know(p), p) for p in tensors]
            self.tensors = tensors
            self._leaves = [leaf for leaf, _ in self._tensors_of_shape]
            self._gradients.own(self._tensors_of_shape)
        return self._tensors_of_shape

    def _post(self, optimizer: Any) -> None:
        key = id(optimizer)
        if key == self._settled and not self._held:
            self._end_one_of_many(optimizer)
            return
        depth = self.running.get(key, 1) - 1
        if depth > 0:
            self.running[key] = depth
            return
        self.running.pop(key, None)
        if self.running:
            return  # an optimizer inside another's step: the outer one is the update
        held, self._held = self._held, []
        found = self._leftovers + self._gradients.leftovers(held, self.backward_place, self.count)
        pairs = self._fed
        if self.backward != self._began:  # a closure's pass, its gradients perhaps cleared since
            pairs = [pair for pair in held if pair[0].fresh or gradient_of(pair[1]) is not None]
        for group, given in self._given_rates:
            group["lr"] = given
        groups = _groups(optimizer)
        rate = groups[0].get("lr") if groups else None
        is_torchs = self._gone > 0 and _is_torchs(optimizer)
        if self._before and self._is_settled(held):
            self._settled = key
        self._leftovers = []
        self._record(self._index(optimizer), pairs, found, _number(rate), is_torchs)
        self.blindness.stepped(self.tensors)

    def _is_one_more(self, optimizer: Any) -> bool:
        """Note a step that has used what one pass left, all of it, and ask nothing else of it.

        False if it isn't so, and nothing was noted. The same as `_end_one_of_many` for the
        answers of an ordinary step, and in one place: each function costs as much as its
        fetching.
        """
        groups, tensors = self._groups, self.tensors
        if (
            self._held
            or self.backward <= self._began
            or self.is_passing
            or self.stop_after is not None
            or self._log.compiling() is not False
            or _dispatch_modes()
            or _state(optimizer).get("param_groups") is not groups
            or len(groups) != 1
            or type(groups[0]) is not dict
        ):
            return False
        params, rate = groups[0].get("params"), groups[0].get("lr")
        if (
            type(params) is not list
            or len(params) != len(tensors)
            or params[0] is not tensors[0]
            or params[-1] is not tensors[-1]
            or type(rate) is not float
            or not isfinite(rate)
        ):
            return False
        pairs, count, blindness = self._tensors_of_shape, self.count + 1, self.blindness
        with _NoFunctions():
            try:
                versions = [*map(version, tensors)]
            except RuntimeError:  # tensors of inference have none
                return False
            if not self._gradients.consume_whole(self._leaves, count):
                return False
        blindness.versions, blindness.moves = versions, 0
        blindness.passes_at[id(optimizer)] = self.backward
        self.count, self._began, self._fed, self.running = count, self.backward, pairs, {}
        self._log.add(
            Update.write(
                count, self._last_optimizer, self._place, self.backward, rate, None, None,
                len(pairs), 0,
            )
        )  # fmt: skip
        self._on_update(pairs)
        return True

    def _end_one_of_many(self, optimizer: Any) -> None:
        """A step has ended that was not looked at as it began; see `_is_one_of_many`."""
        if self._log.is_switched_off():
            self.blindness.missed()
        began = self._began
        self._begin(optimizer)
        if self._gradients.may_hold_leftovers() or self.backward <= began:
            self._leftovers, self._grad_norm, self._gone = [], None, 0
            settled, self._settled = self._settled, 0
            self._post(optimizer)
            self._settled = settled
            return
        self._held, self.running = [], {}
        rate = self._groups[0].get("lr") if self._groups else None
        self.count += 1
        self._gradients.consume(self._fed, self.count)
        self._log.add(
            Update.write(
                self.count, self._last_optimizer, self._place, self.backward,
                rate if type(rate) is float and isfinite(rate) else _told(rate),
                None, None, len(self._fed), 0,
            )
        )  # fmt: skip
        self._on_update(self._fed)
        self.blindness.stepped(self.tensors)

    def _is_settled(self, held: list[Pair]) -> bool:
        """Whether a step, which was looked at before and after, has left all gradients there."""
        kept = self._fed == [pair for pair in held if gradient_of(pair[1]) is not None]
        changed = self._changes_rates or self._scale != 1.0
        return self.count >= MEASURED and kept and self.backward == self._began and not changed

    def _is_within_a_step(self) -> bool:
        """Whether the step that begins was called by one that still runs."""
        frame, steps = self._log.caller(0), 0
        while frame is not None:
            code = frame.f_code
            steps += code.co_name == "wrapper" and code.co_filename == optim_module.__file__
            frame = frame.f_back
        return steps > 1

    def _scale_now(self) -> float:
        """What the coming update is scaled by."""
        return self._scale if self.count >= self._after else 1.0

    def _change_rates(self, optimizer: Any) -> list[tuple[dict[str, Any], Any]]:
        """Change the rates for one step of a replay; return them as they were.

        Scaling up goes by the rate where there is one: a step that rounds to nothing has no
        size.
        """
        rates: list[tuple[dict[str, Any], Any]] = [
            (group, group.get("lr")) for group in _groups(optimizer)
        ]
        if any(_number(rate) is None for _, rate in rates):
            return []
        begun = self.count >= self._after
        for number, (group, rate) in enumerate(rates):
            key = (id(optimizer), number)
            if self._cap and not begun:
                self._highest[key] = float(rate)  # the last one before it begins
                continue
            self._highest.setdefault(key, float(rate))
            if self._cap:
                group["lr"] = min(rate, self._highest[key])
                continue
            self._highest[key] = max(self._highest[key], float(rate))
            group["lr"] = self._highest[key] if self._hold else rate * self._scale_now()
        return rates

    def _measures(self) -> bool:
        """Whether this update's sizes are measured: each of the first 50, then one in 50."""
        return self.count < MEASURED or self.count % MEASURED == 0

    # --- one update -------------------------------------------------------------------

    def _record(
        self,
        optimizer: int,
        pairs: list[Pair],
        found: list[Leaf],
        rate: float | None,
        is_torchs: bool = False,  # noqa: FBT001, FBT002 - of an optimizer's step alone
    ) -> None:
        scale = self._scale_now() if self._before else 1.0
        self.count += 1
        if self.count <= MEASURED or found or optimizer != self._last_optimizer:
            self._place = self._log.place(self._log.frame(2))
        self._last_optimizer = optimizer
        place = self._place if optimizer >= 0 else self.backward_place
        ratio = self._scale_and_measure(scale) if self._before else None
        if found:
            self._record_leftovers(found, place, len(pairs))
        self._gradients.consume(pairs, self.count)
        if self._gone and (is_torchs or ratio == 0):  # another may keep gradients of its own
            self._log.add(Cleared.write(self.count, place, self.backward_place, self._gone))
        self._gone = 0
        grad_norm = None if self._grad_norm is None else plain_float(self._grad_norm)
        self._log.add(
            Update.write(
                number=self.count, optimizer=optimizer, place=place, backward=self.backward,
                rate=None if rate is None else plain_float(rate), grad_norm=grad_norm,
                ratio=None if ratio is None else plain_float(ratio), leaves=len(pairs),
                leftovers=len(set(found)) if found else 0,
            )
        )  # fmt: skip
        self._on_update(pairs)
        if self.count <= EAGER_UPDATES:
            self._log.flush()

    def _scale_and_measure(self, scale: float) -> float | None:
        """Apply a replay's scale; return the size of the update against the tensors' own."""
        with torch.no_grad():
            if scale != 1.0 and not self._given_rates:
                for tensor, old in self._before:
                    tensor.data.copy_(old.lerp(tensor.data, scale) if scale else old)
            moved = norm(tensor.detach() - old for tensor, old in self._before)
            size = norm(old for _, old in self._before)
        self._before = []
        if size > 0:
            return moved / size
        return None if moved > 0 else 0.0

    def _record_leftovers(self, found: list[Leaf], place: int, leaves: int) -> None:
        """One row per backward pass whose leftovers this update took in; the first are told."""
        if self._leftover_rows >= MOST_LEFTOVER_ROWS:
            return
        self._leftover_rows += 1
        pollution = next((leaf.polluted_by for leaf in found if leaf.polluted_by), None)
        if pollution is None:
            return
        stale, fresh = pollution.stale, pollution.fresh
        self._log.add(
            Leftover.write(
                update=self.count, backward_place=pollution.place, update_place=place,
                earlier=pollution.earlier, leaves=len(set(found)), of_leaves=leaves,
                stale=None if stale is None else plain_float(stale),
                fresh=None if fresh is None else plain_float(fresh),
            )
        )  # fmt: skip

    def stop(self) -> None:
        """Let the next backward pass or step of an optimizer be the last thing that is done."""
        self.stop_after = 0

    def give_up(self) -> None:
        """Stop a replay at the next occasion: it has shown that it does not learn."""
        if self.stop_after is not None:
            self.stop()

    def is_over(self) -> bool:
        """Whether a replay has made its steps, or a run shall go no further.

        Who asks lets `StopReplay` be raised: again each time, should the student swallow it.
        """
        return self.stop_after is not None and self.count >= self.stop_after

    def is_stepping(self) -> bool:
        """Whether an optimizer's step has not returned yet."""
        return bool(self.running)

    def passes(self) -> bool:
        """A backward pass begins: note what happened to the weights; say if it is one too many."""
        if self.is_watching:
            self.look()
        if not self.running:
            self.blindness.passes(self.tensors)
        return self.stop_after is not None and self.is_over()

    # --- updates by hand --------------------------------------------------------------

    def wants_values(self) -> bool:
        """Whether the values before the next update by hand are asked for."""
        return self._scale_now() != 1.0 or self._measures()

    def watch(self, leaves: list[Leaf]) -> None:
        """Remember the values of tensors that just received a gradient and have no optimizer."""
        for leaf in leaves:
            tensor = None if leaf.owned or leaf.foreign else leaf.ref()
            if tensor is None:
                continue
            leaf.watch = Watch(tensor, leaf.watch, keep=self.wants_values())
            self.is_watching = True

    def look(self) -> None:
        """Record an update by hand, if watched tensors have changed since their gradient came."""
        if not self.is_watching or self.running:
            return
        self.is_watching = False
        changed: list[Pair] = []
        for leaf, tensor in self._gradients.living():
            if leaf.watch is not None and not leaf.owned and leaf.watch.changed(tensor):
                changed.append((leaf, tensor))
        if changed:
            self._by_hand(changed)

    def _by_hand(self, changed: list[Pair]) -> None:
        found = [leaf for leaf, _ in changed if leaf.polluted is not None]
        self._grad_norm, self._given_rates = None, []
        self._before = [
            (tensor, leaf.watch.value) for leaf, tensor in changed if leaf.watch.value is not None
        ]
        self._record(-1, changed, found, None)
        for leaf, tensor in changed:
            # Only a gradient untouched since its backward pass is surely what was consumed.
            if leaf.fresh is None or not leaf.fresh.holds(gradient_of(tensor)):
                leaf.consumed = None
            leaf.watch.live = False

    def replaced(
        self, leaves: list[Leaf], values: list[tuple[torch.Tensor, torch.Tensor]] | None = None
    ) -> None:
        """Record an update that made new tensors (``w = w - lr * g``) of ``leaves``.

        ``values``: the new tensors with the old ones, where they are known. A replay scales
        the new ones, so it must be before they are used.
        """
        pairs = [(leaf, tensor) for leaf in leaves if (tensor := leaf.ref()) is not None]
        self._grad_norm, self._given_rates = None, []
        self._before = values if values is not None and self.wants_values() else []
        self._record(-1, pairs, [], None)


MOST_LEFTOVER_ROWS = 60
MEASURED = 50


class Watch:
    """A tensor's version and one of its values, where its gradient was largest."""

    __slots__ = ("at", "live", "uses", "value", "version", "was")
    at: int
    uses: int

    def __init__(self, tensor: torch.Tensor, last: Watch | None, *, keep: bool) -> None:
        if last is not None and last.uses % REFRESH:
            self.at, self.uses = last.at, last.uses + 1
        else:
            self.at, self.uses = self._steepest(tensor), 1
        self.live = True
        self.version = version_of(tensor)
        self.was = self._read(tensor)
        self.value = tensor.detach().clone() if keep and is_dense(tensor) else None

    @staticmethod
    def _steepest(tensor: torch.Tensor) -> int:
        grad = gradient_of(tensor)
        if grad is None or not has_values(grad) or grad.numel() == 0:
            return 0
        return int(grad.detach().abs().reshape(-1).argmax())

    def _read(self, tensor: torch.Tensor) -> float:
        if not is_dense(tensor) or self.at >= tensor.numel():
            return 0.0
        value = tensor.detach().reshape(-1)[self.at].item()
        return abs(value) if tensor.is_complex() else float(value)

    def changed(self, tensor: torch.Tensor) -> bool:
        """Whether the tensor was written to, or holds another value where we look."""
        if not self.live:
            return False
        if version_of(tensor) != self.version:
            return True
        now = self._read(tensor)
        return now != self.was and not (math.isnan(now) and math.isnan(self.was))


REFRESH = 20


def _heard(_args: tuple[Any, ...], _kwargs: dict[str, Any]) -> object:
    """Let a call pass, and be told when it has ended."""
    return True


def _plain(point: Direct) -> Callable[..., object]:
    """What is called directly, as one of several."""
    return lambda *arguments: point(None, arguments)


def _is_torchs(optimizer: Any) -> bool:
    """Whether an optimizer steps by torch's own code, from ``.grad``."""
    return module_of(type(optimizer)).startswith("torch.optim")


_state: Callable[[Any], dict[str, Any]] = vars(optim_module.Optimizer)["__dict__"].__get__


def _groups(optimizer: Any) -> list[dict[str, Any]]:
    """The parameter groups that an optimizer holds itself."""
    groups = _state(optimizer).get("param_groups")
    if type(groups) is list and len(groups) == 1 and type(groups[0]) is dict:
        return groups
    return [group for group in parts_of(groups) if type(group) is dict]


def _told(rate: Any) -> float | str | None:
    """A learning rate as a row says it."""
    number = _number(rate)
    return None if number is None else plain_float(number)


def _number(value: Any) -> float | None:
    """A learning rate as a number; None of what is none."""
    if type(value) is float:
        return value
    if is_tensor(value):
        return scalar(value)
    if is_a(value, float):
        return float.__float__(value)
    return float(value) if type(value) is int and abs(value) < MOST else None


MOST = 1 << 1000
"""A whole number beyond is no float."""
