"""Asks the model that was trained what it makes of images it has never seen.

Runs in the student's process. A module is asked as a module. A model that is none (raw
tensors in functions, a class of its own) is asked through the function that was running
when data met a trained tensor; that it is the right one is seen from its output's graph,
which must end in the tensors that were trained.
"""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from types import FrameType
from typing import Any

import torch
from torch import nn
from torch.func import functional_call
from torch.utils._pytree import tree_map

from grader.trace.backwards import leaves_of
from grader.trace.calls import Call, tensors_in
from grader.trace.forms import Form, fit
from grader.trace.forwards import Forwards
from grader.trace.gradients import Leaf
from grader.trace.log import Log
from grader.trace.sources import Sources
from grader.trace.wrapped import plain

BATCH = 256
PROBE = 4
FIT_ROWS = 16
FIRST = 3
RECAPTURE = 20
TRIES = 20
NEARLY = 0.99
MODES = (("eval", "train"), ("eval_mode", "train_mode"))

Answer = Callable[[torch.Tensor], Any]


class NothingTrained(Exception):
    """There is no trained model that could be asked, or none that takes such images."""


class Evaluator:
    """Finds the trained model and the form of its inputs, and asks it."""

    def __init__(self, log: Log, sources: Sources, forwards: Forwards) -> None:
        self._log = log
        self._sources = sources
        self._forwards = forwards
        self._forms: dict[int, Form] = {}
        self._order: dict[int, Any] = {}  # model index -> model, latest trained last
        self._leaves: list[Leaf] = []
        self._asked: list[Function] = []
        self._captured_at = -1
        self._trainers: set[Any] = set()

    # --- while the student's code runs --------------------------------------------------

    def saw(self, call: Call, batch: torch.Tensor) -> None:
        """Learn the form of a model's inputs from a forward, and who made the forward."""
        if self._wants_functions(call):
            self._captured_at = call.updates
            functions = list(_functions(self._log.frame(2), batch, self._log.is_student))
            self._asked = functions or self._asked
        form = self._forms.get(call.model.index)
        if form is None or (not form.is_fitted and call.prints and call.updates < TRIES):
            known = [self._sources.prints.known(value) for value in call.prints[:FIT_ROWS]]
            step = -(-len(batch) // max(1, len(call.prints)))
            raw = [
                (row * step, self._sources.prints.image(*where))
                for row, where in enumerate(known)
                if where is not None and row * step < len(batch)
            ]
            self._forms[call.model.index] = fit(batch, raw)

    def _wants_functions(self, call: Call) -> bool:
        """A function's arguments grow old where each update makes new tensors."""
        if call.model.is_module:
            return call.updates < FIRST
        return call.updates < FIRST or call.updates >= self._captured_at + RECAPTURE

    def trains(self, frame: FrameType | None) -> None:
        """Note the code on the stack of a backward pass: it trains, so it is never called."""
        while frame is not None:
            self._trainers.add(frame.f_code)
            frame = frame.f_back

    def updated(self, leaves: list[Leaf], calls: list[Call]) -> None:
        """Remember what the latest update changed."""
        for call in calls:
            self._order.pop(call.model.index, None)
            self._order[call.model.index] = call.model
        self._leaves = leaves

    # --- afterwards ---------------------------------------------------------------------

    def evaluate(
        self, images: torch.Tensor, namespace: Mapping[str, Any], model: nn.Module | None = None
    ) -> torch.Tensor:
        """See `Recorder.evaluate`."""
        with self._forwards.paused(), torch.random.fork_rng(devices=[]):
            if model is None:
                answer, form = self._choose(images, namespace)
            else:
                answer, form = _asking_module(model), self._form_of(model)
            rows = [
                _logits(answer(form.apply(part)), len(part)) for part in torch.split(images, BATCH)
            ]
        return torch.cat(rows)

    def _form_of(self, module: nn.Module) -> Form:
        """The form in which a module was given its inputs, or another one where it never was."""
        for index, model in reversed(self._order.items()):
            known = model.ref() if model.module is None else model.module
            if known is module and index in self._forms:
                return self._forms[index]
        fitted = [form for form in self._forms.values() if form.is_fitted]
        for form in fitted or self._forms.values():
            return form
        raise NothingTrained("No model was given images, so there is no form to ask it in.")

    def _choose(self, images: torch.Tensor, namespace: Mapping[str, Any]) -> tuple[Answer, Form]:
        """The candidate whose answer rests on most of what was trained; the latest of equals."""
        best: tuple[float, Answer, Form] | None = None
        problem = "no update of a model's parameters was seen"
        for answer, form, least in self._candidates(namespace):
            try:
                share = self._coverage(answer, form.apply(images[:PROBE]), least)
            except Exception as error:  # noqa: BLE001 - a student's function may raise anything
                problem = f"asking the model failed: {type(error).__name__}: {error}"
                continue
            if share > 0.0 and (best is None or share > best[0]):
                best = (share, answer, form)
        if best is None:
            raise NothingTrained(f"No trained model gives one row of logits per image: {problem}.")
        return best[1], best[2]

    def _candidates(self, namespace: Mapping[str, Any]) -> Iterator[tuple[Answer, Form, float]]:
        """Whom to ask, in which form, and the share of the trained that is known to be in it."""
        for index, model in reversed(self._order.items()):
            form = self._forms.get(index)
            module = model.ref() if model.module is None else model.module
            if form is not None and model.is_module and isinstance(module, nn.Module):
                givens = list(model.trained_givens())
                for given in givens:
                    yield _asking_module(module, given), form, NEARLY
                if not givens:
                    yield _asking_module(module), form, 0.0
        fitted = [form for form in self._forms.values() if form.is_fitted]
        entry = next(iter(fitted or self._forms.values()), None)
        for function in self._asked:
            if function.code not in self._trainers and entry is not None:
                yield function.asking(namespace), entry, 0.0

    def _coverage(self, answer: Answer, batch: torch.Tensor, least: float) -> float:
        """The share of the tensors of the last update that the answer's graph ends in."""
        with torch.enable_grad():
            output = _first_logits(answer(batch), len(batch))
        trained = {leaf.index for leaf in self._leaves}
        if not output.requires_grad or not trained:
            return 0.0
        reached = list(leaves_of([output]))
        ids = {id(tensor) for tensor in reached}
        held = sum(id(leaf.ref()) in ids for leaf in self._leaves)
        # Where each update makes new tensors, the last of them were never seen: go by shape.
        wanted = Counter(leaf.shape for leaf in self._leaves)
        alike = (wanted & Counter(tuple(tensor.shape) for tensor in reached)).total()
        return max(least, held / len(trained), NEARLY * alike / len(trained))


class Function:
    """A student's function that was running when data met a trained tensor."""

    def __init__(self, frame: FrameType, data: str, owner: Any, function: Any) -> None:
        self.code = frame.f_code
        self._data = data
        self._owner = owner
        self._function = function
        count = self.code.co_argcount + self.code.co_kwonlyargcount
        names = self.code.co_varnames[:count]
        self._others = {
            name: tree_map(plain, frame.f_locals[name])
            for name in names
            if name != data
            and name in frame.f_locals
            and not (owner is not None and name == names[0])
        }

    def asking(self, namespace: Mapping[str, Any]) -> Answer:
        """Call it with our data in the place of the student's.

        A function of the program's globals is looked up anew: so are its other arguments,
        where a global of the same name stands for the latest value.
        """
        function = self._function
        others = {name: _latest(namespace.get(name), value) for name, value in self._others.items()}
        if not any(_asks_for_gradients(value) for value in others.values()):
            others = _differentiable(others)  # as ``torch.func`` is given them

        def ask(batch: torch.Tensor) -> Any:
            with _evaluation_mode(self._owner):
                return function(**others, **{self._data: batch})

        return ask


def _latest(now: Any, then: Any) -> Any:
    """What a global holds now, if that and what it held then are tensors of a kind."""
    alike = isinstance(now, type(then)) and _has_tensors(now) and _has_tensors(then)
    return now if alike else then


def _has_tensors(value: Any) -> bool:
    return next(iter(tensors_in(value)), None) is not None


def _asks_for_gradients(value: Any) -> bool:
    return any(tensor.requires_grad for tensor in tensors_in(value))


def _functions(
    frame: FrameType | None, batch: torch.Tensor, is_student: Callable[[Any], bool]
) -> Iterator[Function]:
    """The student's functions on the stack that were given ``batch``, innermost first."""
    while frame is not None:
        code = frame.f_code
        if is_student(code) and code.co_name != "<module>":
            names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
            values = frame.f_locals
            data = next((n for n in names if _same_data(values.get(n), batch)), None)
            owner, function = _function_of(frame, names)
            if data is not None and function is not None:
                yield Function(frame, data, owner, function)
        frame = frame.f_back


def _same_data(value: Any, batch: torch.Tensor) -> bool:
    """Whether an argument is the batch, or what it was made of: as many rows."""
    return (
        isinstance(value, torch.Tensor)
        and not value.requires_grad
        and value.dim() > 0
        and value.shape[0] == batch.shape[0]
        and value.numel() == batch.numel()
    )


def _function_of(frame: FrameType, names: tuple[str, ...]) -> tuple[Any, Any]:
    """The object, if it is a method, and the function that ``frame`` runs."""
    code = frame.f_code
    owner = frame.f_locals.get(names[0]) if names else None
    method = getattr(type(owner), code.co_name, None)
    if getattr(method, "__code__", None) is code:
        return owner, getattr(owner, code.co_name)
    places = [frame.f_globals]
    if frame.f_back is not None:
        places.append(frame.f_back.f_locals)
    for place in places:
        for value in place.values():
            if getattr(value, "__code__", None) is code:
                return None, value
    return None, None


def _asking_module(module: nn.Module, given: Mapping[str, Any] | None = None) -> Answer:
    """Ask a module, with the tensors that stood for its own where it was trained so."""

    def ask(batch: torch.Tensor) -> Any:
        with _evaluation_mode(module):
            if given is None:
                return module(batch)
            own = {name for name, _ in module.named_parameters()}  # the others are buffers
            chosen = {name: value for name, value in given.items() if name in own}
            return functional_call(module, {**given, **_differentiable(chosen)}, (batch,))

    return ask


def _differentiable(value: Any) -> Any:
    """The same with tensors that ask for gradients, so that an output shows its origin."""

    def alias(tensor: Any) -> Any:
        plainly = isinstance(tensor, torch.Tensor) and tensor.is_floating_point()
        return tensor.detach().requires_grad_() if plainly else tensor

    return tree_map(alias, value)


@contextlib.contextmanager
def _evaluation_mode(owner: Any) -> Iterator[None]:
    """Evaluation mode for as long as it lasts, if ``owner`` has such a mode; then as before."""
    if isinstance(owner, nn.Module):
        modes = [(part, part.training) for part in owner.modules()]
        owner.eval()
        try:
            yield
        finally:
            for part, mode in modes:
                part.training = mode
        return
    was_training = getattr(owner, "training", True)
    for on, off in MODES:
        enter, leave = getattr(owner, on, None), getattr(owner, off, None)
        if callable(enter) and callable(leave):
            enter()
            try:
                yield
            finally:
                if was_training:
                    leave()
            return
    yield


def _first_logits(output: Any, rows: int) -> torch.Tensor:
    for tensor in tensors_in(output):
        if tensor.is_floating_point() and tensor.dim() > 1 and tensor.shape[0] == rows:
            flat = tensor.reshape(rows, -1)
            if flat.shape[1] == tensor.shape[1]:
                return flat
    raise NothingTrained("Its output is not one row of numbers per image.")


def _logits(output: Any, rows: int) -> torch.Tensor:
    return _first_logits(output, rows).detach().to("cpu", torch.float32)
