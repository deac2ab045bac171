"""Every call of a model as a whole: its mode, its gradient flag, its input, its fate.

Runs in the student's process. ``nn.Module.__call__`` is wrapped rather than hooked: hooks
send every submodule down a slower path. Which forward a backward pass belongs to is found
exactly, by the sequence number of the output's graph node, and a token in that node dies
with the graph: from then on nothing can be fed any more.
"""

from __future__ import annotations

import contextlib
import math
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from types import FrameType
from typing import TYPE_CHECKING, Any
from weakref import ref

import torch
from torch import nn
from torch.nn.modules import loss as losses

from grader.observe.calls import (
    Call,
    Inside,
    Token,
    Tokened,
    caller_of,
    own_mode,
    whole_module,
)
from grader.observe.calming import calm
from grader.observe.dropouts import LOOKS, Dropouts
from grader.observe.gradients import Leaf
from grader.observe.ledger import LiveSource
from grader.observe.lines import LossLines
from grader.observe.log import Log
from grader.observe.looking import (
    asks_for_gradients,
    has_parts,
    has_values,
    is_a,
    is_tensor,
    mapped,
    mode_of,
    module_dict,
    node_of,
    quietly,
    run_quietly,
    shape_of,
    tensors_in,
)
from grader.observe.models import LiveModel, Models
from grader.observe.modes import Modes
from grader.observe.moments import Moments
from grader.observe.nodes import MOST_NODES
from grader.observe.opaque import opaque
from grader.observe.patching import FAILED, Patches, StopReplay
from grader.observe.sources import NOWHERE, Sources
from grader.observe.tapes import Tape
from grader.observe.updates import Updates
from grader.observe.wrapped import outside, plain
from grader.schema import bits
from grader.schema.rows import Dropping, Fed, Forward, Twin

if TYPE_CHECKING:
    from grader.observe.transforms import Transform

_function_modes = torch._C._len_torch_function_stack
KEY = "grader.observe"
SETTLED = 50
IMAGE = 28 * 28
SENT_AT_ONCE = 8
"""Of the forwards on each source: the first ones leave without waiting for more."""
WITHOUT_PARAMETERS = frozenset(
    id(kind)
    for kind in vars(losses).values()
    if isinstance(kind, type) and issubclass(kind, losses._Loss)
) | frozenset(map(id, (nn.ReLU, nn.Flatten, nn.Softmax, nn.LogSoftmax)))
"""The ids of torch's classes that are never a model: calling one is passed on at once."""


class Forwards:
    """Wraps module calls and products, and links forwards to backward passes and updates."""

    def __init__(
        self, log: Log, models: Models, sources: Sources, updates: Updates, moments: Moments
    ) -> None:
        self._log = log
        self._models = models
        self._sources = sources
        self._updates = updates
        self._moments = moments
        self._depth = 0
        self._looks = True  # whether the root that is running is more than one of many
        self._pauses = True  # whether anything is done when it returns
        self._seen = 0  # bits gathered from the modules inside the root that is running
        self._count = 0
        self.pending: dict[int, tuple[ref[Token], Call]] = {}
        self._fed: list[Call] = []
        self._last: Call | None = None
        self._inside: Inside | None = None
        self._running: LiveModel | None = None
        self._forgets = opaque(self._forget)  # a weak reference shows its callback
        self._ordinary: LiveModel | None = None
        self._usual: tuple[LiveModel, LiveSource] | None = None  # of a training that goes on
        self._modes: dict[tuple[int, int], object] = {}  # model, source -> mode last written down
        self._sent: Counter[int] = Counter()
        self.calms = False  # whether each model is to begin with weights of the usual size
        self._calmed: set[int] = set()
        self.transform: Transform | None = None  # the one of torch.func that is running
        self.tape = Tape()
        self.modes = Modes(log)
        self.dropouts = Dropouts(log)
        self.losses = LossLines(log)
        self.on_forward: Callable[[Call, torch.Tensor], None] = lambda _call, _batch: None

    # --- module calls -----------------------------------------------------------------

    def install(self, patches: Patches) -> None:
        """Wrap ``nn.Module.__call__``."""
        self._door = patches.directly(nn.Module, "__call__", self._called, self._returned)
        self.dropouts.install(patches)
        self.losses.install(patches)

    def _called(self, _: object, arguments: tuple[Any, ...]) -> object:
        """A module is called: True if it is a root that is looked at."""
        try:
            args, _ = arguments
            module: nn.Module = args[0]
            if self._depth:
                if self._looks:
                    self._inner(module)
            elif id(type(module)) in WITHOUT_PARAMETERS:
                if self.losses.marks and is_a(module, losses._Loss):
                    self.losses.called()
            elif self._usual is not None and self._is_usual(*self._usual, *args):
                return True
            else:
                look = self._root if self.transform is None else self._within
                return run_quietly(look, module, args)
        except Exception as error:  # noqa: BLE001 - ours must not end the student's run
            self._log.fault("forward", error)
        except BaseException:  # noqa: BLE001 - no exception can pass through a C function
            return None
        return None

    def _inner(self, module: nn.Module) -> None:
        """Gather the bits of a module that runs inside the root."""
        if self.losses.marks:
            self._moments.inside(module)
        inside = module_dict(module)
        training = inside.get("training")
        if training is not True and training is not False:
            training = mode_of(module)
            self._seen |= bits.MODE_UNKNOWN if training is None else 0
        if not training:
            return
        self._seen |= bits.LEAF_TRAINING
        if id(type(module)) not in self._models.plain and self._models.is_sensitive(module):
            self._seen |= bits.SENSITIVE
        elif not has_parts(inside):
            self._seen |= bits.PLAIN_TRAINING

    def _root(self, module: nn.Module, args: tuple[Any, ...]) -> object:
        if not self._log.watches():
            return None
        model = self._models.of(module)
        if model.index < 0:
            self._is_no_model(model, module)
            return None
        updates = self._updates
        if updates.is_watching:
            updates.look()  # settle updates by hand before it runs on the new values
        if updates.is_over():
            return StopReplay
        if self.calms and model.index not in self._calmed and not updates.count:
            self._calmed.add(model.index)
            calm(module)
        self._looks = model.trained <= SETTLED or not self._is_ordinary(model, *args[:2])
        self._seen, self._depth = self._mode(model, module) if self._looks else 0, 1
        self._running = model
        trains = module_dict(module).get("training") is True  # then it is in no other mode
        evaluates = not trains and self._evaluates(model, module)
        if evaluates:
            model.dropouts += 1
            self.dropouts.begin(module)
        self._pauses = self._looks or evaluates or self.tape.runs
        if self._pauses:
            self.tape.pause()
        else:
            self._door.deaf()  # nothing is asked of the modules inside
        return True

    def _evaluates(self, model: LiveModel, module: nn.Module) -> bool:
        """Whether this forward is to be searched for dropout that acts all the same."""
        is_early = model.dropouts < LOOKS and self._updates.count > 0
        return is_early and mode_of(module) is False

    def _within(self, module: nn.Module, _: tuple[Any, ...]) -> object:
        """The same inside a transform of ``torch.func``: what is recorded are plain tensors."""
        if not self._log.is_real():
            return None
        with outside():
            model = self._models.of(module)
            if model.index < 0:
                self._is_no_model(model, module)
                return None
            self._updates.look()
        self._looks = self._pauses = True
        self._seen, self._depth = self._mode(model, module), 1
        self._running = model
        self.tape.pause()
        return True

    def _returned(self, _: object, arguments: tuple[Any, ...]) -> None:
        """A root that was looked at has returned."""
        model, self._running = self._running, None
        if model is None:
            return
        self._depth = 0
        if not self._pauses:  # one of many: nothing is asked of it
            self._door.hear()
            return
        try:
            self.tape.go_on()
            dropped = self.dropouts.end()
            (module, *rest), kwargs, output = arguments
            if output is FAILED:
                return
            with quietly():
                self._ended(model, module, (tuple(rest), kwargs), output)
            if dropped is not None and self._looks and self._last is not None:
                self._log.add(Dropping.write(self._last.number, *dropped))
        except Exception as error:  # noqa: BLE001 - ours must not end the student's run
            self._log.fault("forward", error)
        except BaseException:  # noqa: BLE001 - no exception can pass through a C function
            return

    def _ended(self, model: LiveModel, module: nn.Module, inputs: Any, output: Any) -> None:
        if self.transform is not None:
            inputs = mapped(plain, inputs)
            with outside():
                self._record(model, module, inputs, mapped(plain, output))
                self._transformed(self.transform, tensors_in(inputs))
            return
        args, kwargs = inputs
        self.tape.called(module, args, kwargs, output)
        if self._looks:
            self._record(model, module, inputs, output)

    def _transformed(self, transform: Transform, inputs: Iterable[torch.Tensor]) -> None:
        """Tie the forward that was just recorded to the transform around it."""
        call = self._last
        if call is None:
            return
        if call not in transform.calls:
            transform.calls.append(call)
        call.add_flag(bits.OUT_GRAD | bits.GRAD)
        if any(map(transform.holds, inputs)):
            call.add_flag(bits.IN_GRAD)

    def _is_no_model(self, model: LiveModel, module: nn.Module) -> None:
        """Note what a module without parameters, called by itself, says of the last forward."""
        if model.sensitive and self._last is not None and mode_of(module):
            self._last.add_flag(bits.SENSITIVE | bits.HAS_SENSITIVE)

    def _is_ordinary(self, model: LiveModel, module: nn.Module, batch: Any = None) -> bool:
        """Whether a forward is one more of many that trained this model on this source.

        Nothing is asked of such a forward any more, so nothing is written down: in a long
        training this is what most of the recorder's time would go into. One in another mode
        than the last that was written down is not ordinary: each change is in the record.
        """
        if not is_tensor(batch):
            return False
        found = None if asks_for_gradients(batch) else self._sources.by_storage(batch)
        if found is None:
            return False
        source, numbers = found
        if source.direct.get(model.index, 0) <= SETTLED:
            return False
        mode = module_dict(module).get("training")
        if self._modes.get((model.index, source.index)) is not mode:
            return False
        self._sources.passes(source, numbers, batch)
        self._usual = (model, source) if mode is True else None
        self._ordinary = model
        self._last = self._inside = None
        return True

    def _is_usual(
        self, model: LiveModel, source: LiveSource, module: nn.Module, batch: Any = None, *_: Any
    ) -> bool:
        """Whether a root begins that is ordinary like the last one: all is noted of it then.

        The same questions as those of `_root` and `_is_ordinary`, in the order of an ordinary
        step's answers, and in one place: each function costs as much as its fetching.
        """
        updates, last = self._updates, self._sources.last
        if (
            last is None
            or last[1] is not batch
            or last[0] is not source
            or model.ref() is not module
            or model.structure != self._models.structure
            or module_dict(module).get("training") is not True
            or type(batch) is not torch.Tensor
            or _function_modes()
            or asks_for_gradients(batch)
            or updates.is_watching
            or updates.stop_after is not None
            or self.tape.runs
            or self.transform is not None
            or not self._log.watches()
            or not last[2]
            or not source.taught.issuperset(last[2])
        ):
            return False
        self._ordinary = self._running = model
        self._last = self._inside = None
        self._looks = self._pauses = False
        self._seen, self._depth = 0, 1
        self._door.deaf()
        return True

    def _mode(self, model: LiveModel, module: nn.Module) -> int:
        """The bits that the root itself gives, before it runs."""
        flags = bits.HAS_SENSITIVE if model.sensitive else 0
        training = mode_of(module)
        if training is None:
            flags |= bits.MODE_UNKNOWN
        elif training:
            flags |= bits.TRAINING
            if not model.inner:
                flags |= bits.LEAF_TRAINING
            if model.sensitive and self._models.is_sensitive(module):
                flags |= bits.SENSITIVE
        return flags

    def _record(self, model: LiveModel, module: nn.Module, inputs: Any, output: Any) -> None:
        outputs = list(tensors_in(output))
        first = inputs[0][0] if inputs[0] else None
        batch = first if is_tensor(first) else next(tensors_in(inputs), None)
        running = self._log.outside()
        whole, outer = whole_module(running)
        if whole is not None and self._models.of(whole).index < 0:
            whole = outer = None  # it holds no parameters: its layers may stand in a plain list
        student = self._log.student_from(running if outer is None else outer.f_back)
        flags = own_mode(student, self._seen, inner=model.inner)
        frame = self._log.student_from(caller_of(student))
        if whole is None or outer is None or whole is module:
            self._inside = None
            call = self._add(model, flags, batch, outputs, self._log.place(frame))
            call.is_plain &= len(inputs[0]) == 1
            self._moments.forward(call, module, inputs[0], output)
            if call.source is not None:
                mode = module_dict(module).get("training")
                self._usual = None
                self._modes[model.index, call.source.index] = mode
        else:
            self._record_inside(whole, outer, id(module), flags, batch, outputs, frame)

    def _record_inside(
        self,
        whole: nn.Module,
        outer: FrameType,
        part: int,
        flags: int,
        batch: torch.Tensor | None,
        outputs: list[torch.Tensor],
        frame: FrameType | None,
    ) -> None:
        """Fold the calls inside ``model.forward(x)`` into one forward of the whole model."""
        model = self._models.of(whole)
        flags &= ~bits.TRAINING
        flags |= bits.TRAINING if mode_of(whole) else 0
        inside = self._inside
        if inside is not None and inside.goes_on(model, part, outer.f_lasti):
            inside.call.add_flag(flags)
            self._expect(inside.call, outputs)
            return
        call = self._add(model, flags, batch, outputs, self._log.place(frame))
        self._inside = Inside(call, part, outer.f_lasti)

    def _add(
        self,
        model: LiveModel,
        flags: int,
        batch: torch.Tensor | None,
        outputs: list[torch.Tensor],
        place: int,
    ) -> Call:
        """Write the row of one forward, and wait for its output to feed a backward pass."""
        origin = NOWHERE
        if batch is not None:
            origin = self._sources.of(batch, place)
            flags |= bits.IN_GRAD if asks_for_gradients(batch) else 0
        trained = self._models.is_trained(model)
        flags |= bits.TRAINED if trained else 0
        flags |= bits.GRAD if torch.is_grad_enabled() else 0
        for output in outputs:
            if asks_for_gradients(output):
                flags |= bits.OUT_GRAD
        shape = () if batch is None else shape_of(batch)
        row = Forward.write(
            number=self._count, model=model.index, place=place,
            source=-1 if origin.source is None else origin.source.index,
            batch=shape[0] if shape else 0, flags=flags,
            row=origin.prints[0] if origin.prints else 0, updates=self._updates.count,
        )  # fmt: skip
        self._count += 1
        call = Call(row, model, origin)
        self._last = call
        self._log.add(row)
        if not trained and self._updates.count:
            twin = self._models.same_values(model)
            if twin is not None:
                self._log.add(Twin.write(call.number, twin))
        self._expect(call, outputs)
        if batch is not None and len(shape) > 1 and has_values(batch):
            rows = [shape_of(output)[:-1] for output in outputs]
            call.is_plain = rows == [shape[:1]] and math.prod(shape) == IMAGE * shape[0]
            self.on_forward(call, batch)
        self._send_firsts(origin.source)
        return call

    def _send_firsts(self, source: LiveSource | None) -> None:
        """A program may die right after its first, short validation: that has been seen then."""
        if source is not None and self._sent[source.index] < SENT_AT_ONCE:
            self._sent[source.index] += 1
            self._log.flush()

    @contextlib.contextmanager
    def paused(self) -> Iterator[None]:
        """Record no forwards for as long as it lasts."""
        before, self._depth = self._depth, 1
        try:
            yield
        finally:
            self._depth = before

    # --- products ---------------------------------------------------------------------

    def is_busy(self) -> bool:
        """Whether a product is part of a module's forward, or not ours to look at."""
        return bool(self._depth) or not (self._log.watches() or self._is_transformed())

    def _is_transformed(self) -> bool:
        return self.transform is not None and self._log.is_real()

    def is_stepping(self) -> bool:
        """Whether an optimizer's step, and its closure, has not returned yet."""
        return self._updates.is_stepping()

    def is_inside_module(self) -> bool:
        """Whether a module that is looked at as a whole is running."""
        return bool(self._depth)

    def settle(self) -> bool:
        """Settle updates by hand before a product uses the new values; say if all is over."""
        with quietly():
            self._updates.look()
        return self._updates.is_over()

    def product(self, data: torch.Tensor, output: torch.Tensor) -> None:
        """Record a product of data with a trained tensor as a forward of the whole model."""
        frame = caller_of(self._log.frame(2))
        self._add(
            self._models.functional(), bits.FUNCTIONAL, data, [output], self._log.place(frame)
        )
        if self.transform is not None:
            self._transformed(self.transform, [data])

    # --- the way to a backward pass ---------------------------------------------------

    def _expect(self, call: Call, outputs: Iterable[torch.Tensor]) -> None:
        for output in outputs:
            node = node_of(output)
            if node is None:
                continue
            number = node._sequence_nr()
            token = Token()
            node.metadata[KEY] = token
            tokened = Tokened(token, self._forgets)
            tokened.number = number
            self.pending[number] = (tokened, call)

    def _forget(self, tokened: ref[Token]) -> None:
        assert isinstance(tokened, Tokened)
        self.pending.pop(tokened.number, None)

    def feed(self, roots: Iterable[torch.Tensor], flag: int, *, again: bool = False) -> list[Call]:
        """The forwards whose outputs the graph of ``roots`` holds; each is told once.

        ``again``: they may be told again, of a pass that follows through the same graph.
        """
        pending = self.pending
        if not pending:
            return []
        lowest = min(pending)
        found: list[Call] = []
        stack = [node for root in roots if (node := node_of(root)) is not None]
        visited = set(stack)
        while stack and len(visited) < MOST_NODES:
            node = stack.pop()
            number = node._sequence_nr()
            if number in pending:
                found.append(pending[number][1] if again else pending.pop(number)[1])
                if not pending:
                    break
            if number < lowest:
                continue  # a node is always younger than those that it leads to
            for following, _ in node.next_functions:
                if following is not None and following not in visited:
                    visited.add(following)
                    stack.append(following)
        self.mark(found, flag)
        return found

    def mark(self, calls: Iterable[Call], flag: int) -> None:
        """Note that gradients were asked of the outputs of ``calls``."""
        for call in calls:
            if self._log.is_sent(call.row):
                self._log.add(Fed.write(call.number, flag))
            call.add_flag(flag)

    def fed(self, calls: list[Call]) -> None:
        """Keep the forwards of a backward pass until an update takes its gradients in."""
        self._fed.extend(calls)

    def goes_on(self) -> bool:
        """Count the update that just happened, if one ordinary forward alone has reached it."""
        model = self._ordinary
        if model is None or self._fed:
            return False
        self._ordinary = self._inside = None
        model.trained += 1
        if model.sensitive:
            self.modes.ordinary(model)
        return True

    def updated(self, leaves: Collection[Leaf]) -> list[Call]:
        """The forwards that reached the update that just happened, of these tensors."""
        calls, self._fed = self._fed, []
        if self._ordinary is not None:
            self._ordinary.trained += 1
            if self._ordinary.sensitive:
                self.modes.ordinary(self._ordinary)
            self._ordinary = None
        for call in calls:
            call.model.trained += 1
            call.model.changed = True
            call.model.kept = call.given
            if call.model.module is None:
                call.model.module = call.model.ref()
            self._sources.trained(call.origin, call.model.index)
        if calls:
            self.modes.updated(calls, leaves, self._updates.count)
        self._inside = None
        return calls
