"""A loss class called like a function, and warnings of torch worth a note.

Runs in the student's process. ``nn.CrossEntropyLoss(logits, labels)`` raises inside the
constructor. Here it is written down, and the loss that was meant is returned, so that the
rest of the program shows what else there is to find.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import torch
from torch.nn.modules import loss as losses

from grader.observe.looking import asks_for_gradients, is_tensor, quietly, shape_of
from grader.observe.moments import Observer, Run
from grader.observe.opaque import stateless
from grader.observe.patching import Patches
from grader.schema.rows import Misuse, Warned

MOST_WARNINGS = 20
WORDS = ("input", "target")


class MisusedLosses(Observer):
    """Watches the construction of losses, and what torch warns of."""

    takes_part = True

    def __init__(self, run: Run) -> None:
        super().__init__(run)
        self._warned = 0

    def install(self, patches: Patches) -> None:
        """Give the base of torch's losses a ``__new__``, and listen to warnings."""
        # Python can't take a ``__new__`` away again: without one, the constructor would
        # refuse all arguments. So the plainest one stays behind.
        patches.around(losses._Loss, "__new__", self._made, make=_lenient, afterwards=_plain_new)
        # Replacing it is a program's right: ``logging.captureWarnings`` does.
        patches.around(warnings, "showwarning", self._warning, guarded=False)

    # --- losses -----------------------------------------------------------------------

    def _made(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> object:
        """Note a misuse; True if the loss that was meant can be computed."""
        cls, *given = args
        try:
            with quietly():
                form = _misuse(cls, tuple(given), kwargs)
            if form is not None:
                place = self.log.place(self.log.frame(2))
                self.log.add(Misuse.write(place, cls.__name__, form, form == "pair"))
        except Exception as error:  # noqa: BLE001 - ours must not end the student's run
            self.log.fault("loss", error)
            return None
        return True if form == "pair" else None

    # --- warnings ---------------------------------------------------------------------

    def _warning(self, args: tuple[Any, ...], _: dict[str, Any]) -> None:
        try:
            message, category, *_rest = args
            if self._warned >= MOST_WARNINGS or not issubclass(category, UserWarning):
                return
            self._warned += 1
            place = self.log.place(self.log.frame(2))
            self.log.add(Warned.write(place, category.__name__, str(message)[:500]))
        except Exception as error:  # noqa: BLE001 - ours must not end the student's run
            self.log.fault("warning", error)


def _lenient(_original: Any, enter: Callable[..., Any], _leave: Any) -> Any:
    """``__new__`` of the losses: given logits and labels it returns the loss that was meant."""
    words, tensor, make = WORDS, torch.Tensor, object.__new__

    def __new__(cls: type, /, *args: Any, **kwargs: Any) -> Any:  # noqa: N807
        instance: Any = make(cls)
        if not enter((cls, *args), kwargs):
            return instance
        given = [value for value in args if issubclass(type(value), tensor)]
        named = {word: kwargs.pop(word) for word in words if word in kwargs}
        instance.__init__(**kwargs)
        # type.__call__ skips __init__ when __new__ returns something else: the loss itself.
        return instance(*given, **named)

    return stateless(__new__)


def _plain_new(cls: type, /, *_args: Any, **_kwargs: Any) -> Any:
    """What ``object.__new__`` does for a class that has an ``__init__``."""
    return object.__new__(cls)


def _misuse(cls: type, args: tuple[Any, ...], kwargs: dict[str, Any]) -> str | None:
    """How a loss class was called like a function: ``pair``, ``alone``, or not at all.

    Class weights are legal: one positional tensor without a graph, for a weighted loss.
    """
    maker = next(kind for kind in cls.__mro__ if "__init__" in vars(kind))
    if not maker.__module__.startswith("torch.nn"):
        return None  # a loss of the student's own: its arguments are their business
    tensors = [value for value in args if is_tensor(value)]
    named = [word for word in WORDS if is_tensor(kwargs.get(word))]
    if len(tensors) + len(named) > 1:
        return "pair"
    if not tensors or tensors[0] is not args[0]:
        return None
    takes_weight = issubclass(cls, losses._WeightedLoss | losses.BCEWithLogitsLoss)
    takes_any = issubclass(cls, losses.BCELoss | losses.BCEWithLogitsLoss)
    suspicious = asks_for_gradients(tensors[0]) or (
        len(shape_of(tensors[0])) != 1 and not takes_any
    )
    return "alone" if suspicious or not takes_weight else None
