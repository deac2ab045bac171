"""Known wrong forms of a formula: which of them a wrong answer agrees with, if with one alone.

"Differs from the reference" sends a learner back to the whole formula, "it is the sum over the
batch" to one word of it. A check keeps one table for each function that it asks for: the sentence
that names a form, and a function of the check's own inputs that gives what comes out of it. All of
it is on the judge's side of the wall.

A form is named where it gives what was answered, up to the tolerance of the comparison, and where
it can't be taken for the right answer or for another form. An exercise is proved
(``grade verify``) only if on the data that its checks draw each form differs from the right answer
somewhere, and from every other form wherever it does.
"""

from __future__ import annotations

import contextlib
import itertools
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextvars import ContextVar
from functools import partial
from typing import Any, TypeAlias, TypeVar

import torch

Answer = TypeVar("Answer")
Form: TypeAlias = Answer | Callable[[], Answer]
Agrees: TypeAlias = Callable[[Answer, Answer], bool]

_audit: ContextVar[Audit | None] = ContextVar("audit", default=None)


def on(table: Mapping[str, Callable[..., Answer]], *inputs: Any) -> dict[str, Form[Answer]]:
    """The forms of a table on these inputs; none is worked out before an answer is wrong."""
    return {name: partial(form, *inputs) for name, form in table.items()}


def known_form(
    answer: Answer, right: Answer, forms: Mapping[str, Form[Answer]], agrees: Agrees[Answer]
) -> str | None:
    """Return the name of the one form that a wrong answer agrees with; None for none or several.

    Args:
        answer: what the student's function gave.
        right: what it should have given; an answer that agrees with it has no form.
        forms: what each known wrong form gives, or a function of nothing that does.
        agrees: whether two answers are the same as far as this comparison goes.
    """
    audit = _audit.get()
    if audit is not None and forms:
        audit.look(right, forms, agrees)
    if not forms or agrees(answer, right):
        return None
    made = {name: _made(form) for name, form in forms.items()}
    found = [name for name, wrong in made.items() if _is_told(wrong) and agrees(answer, wrong)]
    if len(found) != 1:
        return None
    wrong = made.pop(found[0])
    return None if any(agrees(wrong, other) for other in (right, *made.values())) else found[0]


def named_number(forms: Mapping[str, float], fits: Callable[[float], bool]) -> str:
    """Return ``: it is NAME`` for the one number that may have been measured, else nothing."""
    found = [name for name, number in forms.items() if fits(number)]
    return f": it is {found[0]}" if len(found) == 1 else ""


def _made(form: Form[Answer]) -> Answer:
    return form() if callable(form) else form


def _is_told(wrong: object) -> bool:
    """Of a form that breaks down everywhere nothing can be told."""
    return not isinstance(wrong, torch.Tensor) or bool(wrong.isfinite().any())


class Audit:
    """Whether the forms of each check can be told from the right answer and from one another.

    Two numbers may come near each other by chance: what counts is that they don't every time.
    """

    def __init__(self) -> None:
        self.check = ""
        self._apart: defaultdict[str, dict[tuple[str, ...], bool]] = defaultdict(dict)

    def look(self, right: Any, forms: Mapping[str, Any], agrees: Agrees[Any]) -> None:
        """Take in one comparison of the check that is running."""
        made = {name: _made(form) for name, form in forms.items()}
        wrong = {name: form for name, form in made.items() if not agrees(form, right)}
        for name, form in made.items():
            self._note(name, apart=name in wrong and _is_told(form))
        for (one, a), (other, b) in itertools.combinations(wrong.items(), 2):
            self._note(one, other, apart=not (agrees(a, b) or agrees(b, a)))

    def _note(self, *names: str, apart: bool) -> None:
        known = self._apart[self.check]
        known[names] = known.get(names, False) or apart

    def problems(self, check: str) -> Iterator[str]:
        """Sentences about the forms of a check that could never be named."""
        for names, apart in self._apart[check].items():
            if not apart:
                said = " and ".join(map(repr, (*names, "the right answer")[:2]))
                yield f"these known forms agree every time: {said}"


@contextlib.contextmanager
def audited(audit: Audit | None) -> Iterator[None]:
    """Within it, ``audit`` takes in every comparison that has forms."""
    token = _audit.set(audit)
    try:
        yield
    finally:
        _audit.reset(token)
