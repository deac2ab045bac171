"""Asks the model that was trained what it makes of images it has never seen.

Runs in the student's process. A module is asked as a module. A model that is none (raw tensors in
the loop or in functions, a class of its own) is made of the operations of one of its steps
(`grader.observe.asking.formulas`); inside a transform of ``torch.func``, whose operations can't be
noted, it is asked through the function that was running when data met what is differentiated by.
That it is the right one is seen from its output's graph, which must end in the tensors that were
trained.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from types import FrameType
from typing import Any

import torch
from torch import nn

from grader.observe.asking.answering import (
    Answer,
    Function,
    asking_module,
    differentiable,
    functions_given,
    in_types_of,
)
from grader.observe.asking.composed import Composed
from grader.observe.asking.forms import IMAGE, AnyForm, Form, Through, fit, transform_of
from grader.observe.asking.starts import Starts
from grader.observe.calls import Call
from grader.observe.forwards import Forwards
from grader.observe.gradients import Leaf
from grader.observe.log import Log
from grader.observe.looking import (
    has_values,
    is_a,
    parameters_in,
    quietly,
    shape_of,
    tensors_in,
)
from grader.observe.nodes import leaves_of
from grader.observe.sources import Sources

BATCH = 256
PROBE = 4
FIT_ROWS = 16
FIRST = 3
RECAPTURE = 20
TRIES = 20
NEARLY = 0.99
ALIKE = 0.5
"""The least cosine between the weights of a model and those of a copy or an average of it. Between
networks that started from other random weights it is about 0."""


class NothingTrained(Exception):
    """There is no trained model that could be asked, or none that takes such images."""


class Evaluator:
    """Finds the trained model and the form of its inputs, and asks it."""

    def __init__(self, log: Log, sources: Sources, forwards: Forwards) -> None:
        self._log = log
        self._sources = sources
        self._forwards = forwards
        self._forms: dict[int, AnyForm] = {}
        self._tried: set[tuple[int, int]] = set()  # models and sources whose form was looked at
        self._order: dict[int, Any] = {}  # model index -> model, latest trained last
        self.latest: Sequence[tuple[Leaf, torch.Tensor]] = ()  # what the last update changed
        self._sums: dict[int, list[float]] = {}  # model index -> its weights, summed, at first
        self._starts = Starts()
        self._last: Any = None  # the model that was given data last, and its module, kept alive
        self._asked: list[Function] = []
        self.composed = Composed(sources.knows, sources.tape)
        self._captured_at = -1
        self._trainers: set[Any] = set()

    # --- while the student's code runs --------------------------------------------------

    def saw(self, call: Call, batch: torch.Tensor) -> None:
        """Learn the form of a model's inputs from a forward, and who made the forward."""
        self.composed.saw(call, batch)
        self._last = call.model, call.model.ref() if call.model.is_module else None
        if call.model.index not in self._sums:
            self._sums[call.model.index] = _sums(self._last[1])
            self._starts.keep(call.model, call.updates)
        if self._forwards.transform is not None and self._wants_functions(call):
            self._captured_at = call.updates
            functions = list(functions_given(self._log.frame(2), batch, self._log.is_student))
            self._asked = functions or self._asked
        self._learn_form(call, batch)

    def _learn_form(self, call: Call, batch: torch.Tensor) -> None:
        model, source = call.model.index, call.source
        transform = None if source is None else transform_of(source.dataset)
        if batch.numel() != IMAGE * len(batch) and transform is not None:
            form = self._forms.get(model)
            if isinstance(form, Through):
                form.add(transform)
            else:
                self._forms[model] = Through.of(batch, transform)
            return
        form = self._forms.get(model)
        first = (model, -1 if source is None else source.index)
        if form is None or (
            not form.is_fitted and (call.updates < TRIES or first not in self._tried)
        ):
            self._tried.add(first)
            self._forms[model] = form = self._fit(batch, call.origin.prints)
        call.is_plain &= form.is_fitted

    def _fit(self, batch: torch.Tensor, prints: list[int]) -> Form:
        """The form of images whose evenly spread rows have these fingerprints."""
        known = [self._sources.prints.known(value) for value in prints[:FIT_ROWS]]
        step = -(-len(batch) // max(1, len(prints)))
        raw = [
            (row * step, self._sources.prints.image(*where))
            for row, where in enumerate(known)
            if where is not None and row * step < len(batch)
        ]
        form = fit(batch, raw)
        others = (one for one in self._forms.values() if isinstance(one, Form) and one.is_fitted)
        other = None if form.is_fitted else next(others, None)
        return form if other is None else replace(form, values=other.values)

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

    def backward(self, calls: list[Call], roots: list[torch.Tensor]) -> None:
        """A model that a gradient comes to for the first time: its start is what it is now."""
        again = not self._forwards.is_stepping()
        for call in calls:
            if not call.model.trained:
                self._starts.keep(call.model, call.updates, again=again)
        self.composed.backward(calls, roots)

    def updated(self, calls: list[Call]) -> None:
        """Remember whom the latest update changed."""
        for call in calls:
            self._order.pop(call.model.index, None)
            self._order[call.model.index] = call.model

    @property
    def _leaves(self) -> list[Leaf]:
        return [leaf for leaf, _ in self.latest]

    # --- afterwards ---------------------------------------------------------------------

    def evaluate(
        self, images: torch.Tensor, namespace: Mapping[str, Any], model: nn.Module | None = None
    ) -> torch.Tensor:
        """See `Recorder.evaluate`."""
        with (
            self._forwards.paused(),
            torch.inference_mode(mode=False),  # a program may have left it on
            torch.random.fork_rng(devices=[]),
        ):
            if model is None:
                answer, form = self._choose(images, namespace)
            else:
                answer, form = asking_module(model), self._form_of(model)
            rows = [
                _logits(answer(form.apply(part)), len(part)) for part in torch.split(images, BATCH)
            ]
        return torch.cat(rows)

    def evaluate_start(
        self, images: torch.Tensor, model: nn.Module | None = None
    ) -> tuple[torch.Tensor, bool]:
        """See `Recorder.evaluate_start`."""
        with (
            self._forwards.paused(),
            torch.inference_mode(mode=False),
            torch.random.fork_rng(devices=[]),
        ):
            index, module, state = self._start_of(model)
            answer, form = asking_module(module, state), self._form_of(module)
            rows = [
                _logits(answer(form.apply(part)), len(part)) for part in torch.split(images, BATCH)
            ]
        return torch.cat(rows), self._starts.is_first(index)

    def _start_of(
        self, wanted: nn.Module | None
    ) -> tuple[int, nn.Module, Mapping[str, torch.Tensor]]:
        """A module that was trained, or that is asked for, and its parameters at its start.

        One that the recorder doesn't know has the start of one that it could be a copy of.
        """
        for index, model in reversed(self._order.items()):
            module = model.ref() if model.module is None else model.module
            if module is None or (wanted is not None and wanted is not module):
                continue
            if (state := self._starts.of(index, module)) is not None:
                return index, module, state
        if wanted is not None:
            for index in reversed(self._starts.known()):
                if (state := self._starts.of(index, wanted)) is not None:
                    return index, wanted, state
        raise NothingTrained("What the model was before its training is not known.")

    def _form_of(self, module: nn.Module) -> AnyForm:
        """The form in which a module was given its inputs, or another one where it never was."""
        for index, model in reversed(self._order.items()):
            known = model.ref() if model.module is None else model.module
            if known is module and index in self._forms:
                return self._forms[index]
        fitted = [form for form in self._forms.values() if form.is_fitted]
        for form in fitted or self._forms.values():
            return form
        raise NothingTrained("No model was given images, so there is no form to ask it in.")

    def _choose(self, images: torch.Tensor, namespace: Mapping[str, Any]) -> tuple[Answer, AnyForm]:
        """The candidate whose answer rests on most of what was trained; the latest of equals."""
        if (copied := self._copy_asked_last(images)) is not None:
            return copied
        best: tuple[tuple[float, bool], Answer, AnyForm] | None = None
        problem = "no update of a model's parameters was seen"
        for answer, form, least in self._candidates(namespace):
            try:
                share = self._coverage(answer, form.apply(images[:PROBE]), least)
            except Exception as error:  # noqa: BLE001 - a student's function may raise anything
                problem = f"asking the model failed: {type(error).__name__}: {error}"
                continue
            worth = (share, form.is_fitted)  # of equals, the one whose input is known for sure
            if share > 0.0 and (best is None or worth > best[0]):
                best = (worth, answer, form)
        if best is None:
            raise NothingTrained(f"No trained model gives one row of logits per image: {problem}.")
        return best[1], best[2]

    def _copy_asked_last(self, images: torch.Tensor) -> tuple[Answer, AnyForm] | None:
        """The copy or average of a trained model that the program's last look at data asked.

        Who keeps a copy of the best epoch's model, and tests that one, hands that one out.
        """
        if self._last is None:
            return None
        model, module = self._last
        form = self._forms.get(model.index)
        if form is None or module is None or model.index in self._order:
            return None
        if _sums(module) in [self._sums.get(index) for index in self._order]:
            return None  # a copy from before the training, for comparison
        trained = [one.ref() if one.module is None else one.module for one in self._order.values()]
        if not any(one is not None and _comes_from(module, one) for one in trained):
            return None
        answer = asking_module(module)
        try:
            _first_logits(answer(form.apply(images[:PROBE])), len(images[:PROBE]))
        except Exception:  # noqa: BLE001 - a student's model may raise anything
            return None
        return answer, form

    def _candidates(self, namespace: Mapping[str, Any]) -> Iterator[tuple[Answer, AnyForm, float]]:
        """Whom to ask, in which form, and the share of the trained that is known to be in it."""
        parts = self.composed.parts()
        for index, model in reversed(self._order.items()):
            form = None if index in parts else self._forms.get(index)
            module = model.ref() if model.module is None else model.module
            if form is not None and model.is_module and module is not None:
                givens = list(model.trained_givens())
                for given in givens:
                    yield asking_module(module, given), form, NEARLY
                if not givens:
                    answer = asking_module(module)
                    yield answer, form, 0.0
                    yield in_types_of(answer, module), form, 0.0
        fitted = [form for form in self._forms.values() if form.is_fitted]
        entry = next(iter(fitted or self._forms.values()), None)
        for function in self._asked:
            if function.code not in self._trainers and entry is not None:
                yield function.asking(namespace), entry, 0.0
        if self._last is not None and self._last[1] is not None:  # one around what was trained
            model, module = self._last
            if model.index in self._forms:
                yield asking_module(module), self._forms[model.index], 0.0
        for formula in self.composed.formulas():
            prints = self._sources.prints.of(formula.example)
            yield formula, self._fit(formula.example, prints), 0.0

    def _trained_tensors(self) -> Iterator[torch.Tensor]:
        """The tensors of the last update, and the parameters of all models that were trained."""
        for leaf in self._leaves:
            if (tensor := leaf.ref()) is not None:
                yield tensor
        for model in self._order.values():
            if model.module is not None:
                yield from parameters_in(model.module)

    def _coverage(self, answer: Answer, batch: torch.Tensor, least: float) -> float:
        """The share of the tensors of the last update that the answer's graph ends in."""
        with torch.enable_grad(), differentiable(self._trained_tensors()):
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


def _sums(module: object) -> list[float]:
    """What tells a module's weights from those before an update, and from none at all."""
    if not is_a(module, nn.Module):
        return []
    with quietly():
        parameters = list(filter(has_values, parameters_in(module)))  # some have none yet
        return [float(p.detach().sum(dtype=torch.float64)) for p in parameters]


def _comes_from(module: nn.Module, trained: nn.Module) -> bool:
    """Whether a module has the weights that another one has or had, or an average of them."""
    with quietly():
        pairs = [
            [p.detach() for p in parameters_in(each) if has_values(p) and p.dim() > 1]
            for each in (module, trained)
        ]
        if [p.shape for p in pairs[0]] != [p.shape for p in pairs[1]] or not pairs[0]:
            return False
        one, other = (torch.cat([p.flatten().float().cpu() for p in each]) for each in pairs)
        return bool(nn.functional.cosine_similarity(one, other, dim=0) > ALIKE)


def _first_logits(output: Any, rows: int) -> torch.Tensor:
    for tensor in tensors_in(output):
        shape = shape_of(tensor)
        if len(shape) > 1 and shape[0] == rows and tensor.is_floating_point():
            flat = tensor.reshape(rows, -1)
            if flat.shape[1] == tensor.shape[1]:
                return flat
    raise NothingTrained("Its output is not one row of numbers per image.")


def _logits(output: Any, rows: int) -> torch.Tensor:
    return _first_logits(output, rows).detach().to("cpu", torch.float32)
