"""What became of each schedule of a learning rate: when it was stepped, and how often.

Runs in the student's process. A schedule counts its own steps and knows of no others. Here they
are counted against the updates between them: a schedule made for epochs is not to be stepped with
every batch, nor one made for batches with every epoch.
"""

from __future__ import annotations

from typing import Any
from weakref import ref

from torch.optim import lr_scheduler

from grader.observe.looking import attribute, is_a, module_of, name_of, parts_of
from grader.observe.moments import Observer, Run
from grader.observe.patching import Patches
from grader.schema.rows import Schedule

MOST = 50
ALL = tuple(one for one in vars(lr_scheduler).values() if isinstance(one, type))
MAKERS = tuple(
    one for one in ALL if issubclass(one, lr_scheduler.LRScheduler) and "__init__" in vars(one)
)
STEPPERS = tuple(
    one for one in ALL if issubclass(one, lr_scheduler.LRScheduler) and "step" in vars(one)
)
TOTALS = ("total_steps", "T_max", "total_iters")
"""What schedules call the number of steps that they were made for."""


class Live:
    """One schedule and its steps."""

    __slots__ = (
        "calls", "first", "idle", "last", "made", "name", "optimizer", "place", "ref", "single",
        "start", "total",
    )  # fmt: skip

    def __init__(self, scheduler: Any, made: int, updates: int) -> None:
        self.ref = ref(scheduler)
        self.name = name_of(scheduler)
        self.made = made
        self.place = -1
        self.start = self.last = updates
        self.first = 0  # updates before its first step
        self.calls = self.single = self.idle = 0
        self.optimizer = -1
        self.total = -1


class Schedules(Observer):
    """Counts the steps of torch's schedules, the outermost where one drives others."""

    def __init__(self, run: Run) -> None:
        super().__init__(run)
        self._live: dict[int, Live] = {}
        self._all: list[Live] = []
        self._optimizers: dict[int, tuple[ref[Any], int]] = {}
        self._depth = 0

    def install(self, patches: Patches) -> None:
        """Listen where schedules are made, and where they step."""
        for kind in MAKERS:
            patches.around(kind, "__init__", self._makes, self._made)
        for kind in STEPPERS:
            patches.around(kind, "step", self._steps, self._stepped)

    def optimizer(self, optimizer: Any, index: int, place: int) -> None:  # noqa: ARG002
        """Remember it by its number in the trace."""
        self._optimizers[id(optimizer)] = ref(optimizer), index

    def _makes(self, args: tuple[Any, ...], _: dict[str, Any]) -> object:
        if not self.log.watches() or self._find(args[0]) is not None or len(self._all) >= MOST:
            return None
        live = Live(args[0], self.log.here(), self.run.updates.count)
        self._live[id(args[0])] = live
        self._all.append(live)
        self._depth += 1  # what steps while it is made is no step of the program's
        return True

    def _made(self, args: tuple[Any, ...], _: dict[str, Any], _output: Any) -> None:
        self._depth -= 1
        live = self._find(args[0])
        if live is None:
            return
        known = self._optimizers.get(id(attribute(args[0], "optimizer")))
        live.optimizer = -1 if known is None else known[1]
        totals = (attribute(args[0], name) for name in TOTALS)
        live.total = next((one for one in totals if type(one) is int and one > 0), -1)

    def _find(self, scheduler: Any) -> Live | None:
        live = self._live.get(id(scheduler))
        return live if live is not None and live.ref() is scheduler else None

    def _steps(self, args: tuple[Any, ...], _: dict[str, Any]) -> object:
        self._depth += 1
        live = self._find(args[0])
        if self._depth == 1 and live is not None and self.log.watches():
            self._count(live)
        return True

    def _stepped(self, _args: tuple[Any, ...], _kwargs: dict[str, Any], _output: Any) -> None:
        self._depth -= 1

    def _count(self, live: Live) -> None:
        now = self.run.updates.count
        if not live.calls:
            live.place = self.log.here()
            live.first = now - live.start
        else:
            live.single += now - live.last == 1
            live.idle += now == live.last
        live.calls += 1
        live.last = now

    def end(self) -> None:
        """Write one row for each, those left out that another one drives."""
        driven = {
            id(part)
            for live in self._all
            for part in parts_of(attribute(live.ref(), "_schedulers"))
            if is_a(part, lr_scheduler.LRScheduler)
        }
        for live in self._all:
            scheduler = live.ref()
            own = scheduler is not None and not module_of(type(scheduler)).startswith("torch.")
            if own or (id(scheduler) in driven and not live.calls):
                continue
            self.log.add(
                Schedule.write(
                    optimizer=live.optimizer, name=live.name, made=live.made, place=live.place,
                    calls=live.calls, single=live.single, idle=live.idle, first=live.first,
                    updates=self.run.updates.count - live.start, total=live.total,
                )
            )  # fmt: skip
