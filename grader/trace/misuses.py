"""A loss class called like a function, and warnings of torch worth a note.

Runs in the student's process. ``nn.CrossEntropyLoss(logits, labels)`` raises inside the
constructor. Here it is written down, and the loss that was meant is returned, so that the
rest of the program shows what else there is to find.
"""

from __future__ import annotations

import warnings
from typing import Any

import torch
from torch.nn.modules import loss as losses

from grader.trace.log import Log
from grader.trace.patching import Patches

MOST_WARNINGS = 20
WORDS = ("input", "target")


class Misuses:
    """Watches the construction of losses, and what torch warns of."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._warned = 0

    def install(self, patches: Patches) -> None:
        """Give the base of torch's losses a ``__new__``, and listen to warnings."""
        new = self._new

        def __new__(cls: type, /, *args: Any, **kwargs: Any) -> Any:  # noqa: N807
            return new(cls, args, kwargs)

        # Python can't take a ``__new__`` away again: without one, the constructor would
        # refuse all arguments. So the plainest one stays behind.
        patches.put(losses._Loss, "__new__", __new__, afterwards=_plain_new)
        show = warnings.showwarning

        def showwarning(message: Any, category: Any, *args: Any, **kwargs: Any) -> None:
            self._warning(message, category)
            show(message, category, *args, **kwargs)

        patches.put(warnings, "showwarning", showwarning)

    # --- losses -----------------------------------------------------------------------

    def _new(self, cls: type, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        instance: Any = object.__new__(cls)
        form = _misuse(cls, args, kwargs)
        if form is None:
            return instance
        place = self._log.place(self._log.frame(2))
        self._log.add(["misuse", place, cls.__name__, form, form == "pair"])
        if form != "pair":
            return instance
        given = [value for value in args if isinstance(value, torch.Tensor)]
        named = {word: kwargs.pop(word) for word in WORDS if word in kwargs}
        instance.__init__(**kwargs)
        # type.__call__ skips __init__ when __new__ returns something else: the loss itself.
        return instance(*given, **named)

    # --- warnings ---------------------------------------------------------------------

    def _warning(self, message: Any, category: Any) -> None:
        if self._warned >= MOST_WARNINGS or not issubclass(category, UserWarning):
            return
        self._warned += 1
        place = self._log.place(self._log.frame(2))
        self._log.add(["warning", place, category.__name__, str(message)[:500]])


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
    tensors = [value for value in args if isinstance(value, torch.Tensor)]
    named = [word for word in WORDS if isinstance(kwargs.get(word), torch.Tensor)]
    if len(tensors) + len(named) > 1:
        return "pair"
    if not tensors or tensors[0] is not args[0]:
        return None
    takes_weight = issubclass(cls, losses._WeightedLoss | losses.BCEWithLogitsLoss)
    suspicious = tensors[0].requires_grad or (
        tensors[0].dim() != 1 and not issubclass(cls, losses.BCELoss | losses.BCEWithLogitsLoss)
    )
    return "alone" if suspicious or not takes_weight else None
