"""Comparing a student's numbers with the expected ones, and saying where they differ.

Everything here works on plain tensors that came over the wire as bytes, so no method of a
student's class takes part in the comparison.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch

from grader.checks.forms import Form, known_form
from grader.model import Finding

TOLERANCES = {
    "cpu": {
        torch.float64: (1e-7, 1e-7),
        torch.float32: (1.3e-6, 1e-5),
        torch.bfloat16: (1.6e-2, 1e-5),
        torch.float16: (1e-3, 1e-5),
    },
    "cuda": {
        torch.float64: (1e-7, 1e-7),
        torch.float32: (1e-5, 1e-5),
        torch.bfloat16: (1.6e-2, 1e-4),
        torch.float16: (2e-3, 1e-4),
    },
}
"""(relative, absolute) by device and dtype; exact for integers.

The CPU's are those of ``torch.testing.assert_close``. On a GPU two kernels for the same sum add
in orders that differ more (docs/design/016-gpu.md); TF32 is off, or these would not hold.
"""

INT64 = torch.iinfo(torch.int64)


NAMED = 10
"""A known wrong form is named up to so many of the dtype's own tolerances, whatever the rubric
allows: within a wide one two unrelated numbers agree now and then."""

MOST_TEXT = 2000
MOST_DETAILS = 20
MOST_FINDINGS = 100


def capped(text: str, most: int) -> str:
    """A text of at most ``most`` characters; what was cut off is counted."""
    if len(text) <= most:
        return text
    return f"{text[: most - 40]}… ({len(text) - most + 40:,} more characters)"


class CheckFailed(AssertionError):
    """What a check found, for a reader: one true sentence, then details, then findings.

    What is too long for a reader is cut here, where it is made: a check may quote its student.
    """

    def __init__(
        self, message: str, *, details: Sequence[str] = (), findings: Sequence[Finding] = ()
    ) -> None:
        self.message = capped(message, MOST_TEXT)
        super().__init__(self.message)
        self.details = tuple(capped(detail, MOST_TEXT) for detail in details[:MOST_DETAILS])
        self.findings = tuple(findings[:MOST_FINDINGS])


class NotJudged(Exception):
    """A check saw neither what it asks for nor its opposite; the message says why.

    The check is skipped: it earns nothing, and nobody is told to have failed it.
    """

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = capped(message, MOST_TEXT)


class Unsettled(NotJudged):
    """The same, where it may be the grader that did not see: the reference solution settles it.

    If the reference isn't judged in the submission's place either, it is the grader's fault.
    """


def compare(
    actual: object,
    expected: torch.Tensor,
    *,
    what: str = "the result",
    rtol: float | None = None,
    atol: float | None = None,
    device: str = "cpu",
    forms: Mapping[str, Form[torch.Tensor]] | None = None,
) -> None:
    """Compare a student's tensor with the expected one, in shape, dtype and every element.

    The tolerances are the looser of the dtype's own, on that device, and those given. NaN agrees
    with NaN only where NaN is expected. Raises :class:`CheckFailed` naming the worst element, and
    the one of the known wrong ``forms`` that gives these numbers.
    """
    got = _as_tensor(actual, what)
    own = TOLERANCES.get(device, TOLERANCES["cpu"])
    default_rtol, default_atol = own.get(expected.dtype, (0.0, 0.0))

    def agrees(answer: torch.Tensor, form: torch.Tensor) -> bool:
        if form.shape != answer.shape:
            return False
        near = NAMED * (default_atol + default_rtol * _abs(form))
        return not bool(_differs(answer, form.to(answer.dtype), near).any())

    name = known_form(got, expected, forms or {}, agrees)
    if got.shape != expected.shape:
        raise CheckFailed(
            f"{what} is {name}" if name else f"{what} has the wrong shape",
            details=[f"expected {_shape(expected)}   got {_shape(got)}"],
        )
    if got.dtype != expected.dtype:
        raise CheckFailed(
            f"{what} has the wrong dtype",
            details=[f"expected {expected.dtype}   got {got.dtype}"],
        )
    allowed = max(atol or 0.0, default_atol) + max(rtol or 0.0, default_rtol) * _abs(expected)
    wrong = _differs(got, expected, allowed)
    if bool(wrong.any()):
        raise CheckFailed(
            f"{what} {f'is {name}' if name else _otherwise(got, expected)}",
            details=[_worst(got, expected, allowed, wrong, what)],
        )


def _otherwise(got: torch.Tensor, expected: torch.Tensor) -> str:
    """What is wrong with a tensor that no known form gives."""
    verb = "holds" if got.ndim else "is"
    if bool((got.isnan() & ~expected.isnan()).any()):
        return f"{verb} NaN"
    if bool((got.isinf() & expected.isfinite()).any()):
        return f"{verb} infinite numbers" if got.ndim else f"{verb} infinite"
    return "differs from the reference"


def _as_tensor(actual: object, what: str) -> torch.Tensor:
    if isinstance(actual, torch.Tensor):
        return actual
    if isinstance(actual, int) and not INT64.min <= actual <= INT64.max:
        raise CheckFailed(f"{what} is a whole number beyond the range of int64")
    if isinstance(actual, (bool, int, float)):
        return torch.tensor(actual)
    kind = "None" if actual is None else f"a {type(actual).__name__}"
    raise CheckFailed(f"{what} is {kind}, expected a tensor")


def _abs(tensor: torch.Tensor) -> torch.Tensor:
    return tensor.to(torch.float64).abs().nan_to_num(0.0, posinf=0.0)


def _differs(got: torch.Tensor, expected: torch.Tensor, allowed: torch.Tensor) -> torch.Tensor:
    g, e = got.to(torch.float64), expected.to(torch.float64)
    same = (got == expected) | (g.isnan() & e.isnan())
    # inf - inf is nan and nan > x is false, so closeness is asked for, not distance denied.
    # Without a tolerance it isn't: float64 takes some different int64 for the same.
    return ~(same | ((allowed > 0) & ((g - e).abs() <= allowed)))


def _worst(
    got: torch.Tensor, expected: torch.Tensor, allowed: torch.Tensor, wrong: torch.Tensor, what: str
) -> str:
    excess = (got.to(torch.float64) - expected.to(torch.float64)).abs() - allowed
    ranked = torch.where(wrong, excess.nan_to_num(torch.inf, posinf=torch.inf), -torch.inf)
    flat = int(ranked.flatten().argmax())
    index = np.unravel_index(flat, got.shape)  # torch's own imports sympy: 0.2 s in each judge
    at = f"[{', '.join(map(str, index))}]" if index else ""
    e, g, a = (float(t.flatten()[flat]) for t in (expected, got, allowed))
    return (
        f"{what}{at}   expected {e:.6g}   got {g:.6g}   allowed ±{a:.1e}   "
        f"({int(wrong.sum())} of {wrong.numel()} differ)"
    )


def _shape(tensor: torch.Tensor) -> str:
    return str(tuple(tensor.shape))


class Agree:
    """The fixture ``agree``: fetches a handle's value over the wire and compares it."""

    def __init__(self, settings: Mapping[str, Any], device: str = "cpu") -> None:
        self._settings = settings
        self._device = device

    def __call__(
        self,
        actual: object,
        expected: torch.Tensor,
        *,
        what: str = "the result",
        rtol: float | None = None,
        atol: float | None = None,
        forms: Mapping[str, Form[torch.Tensor]] | None = None,
    ) -> None:
        """As :func:`compare`; the rubric's ``rtol`` and ``atol`` stand in for absent ones."""
        from grader.checks.remote import Remote  # noqa: PLC0415 - it imports this module

        value = actual.value if isinstance(actual, Remote) else actual
        if isinstance(value, Remote):  # it has no value that could cross
            raise CheckFailed(f"{what} is an object of class {value.type_name}, expected a tensor")
        compare(
            value,
            expected,
            what=what,
            rtol=self._settings.get("rtol") if rtol is None else rtol,
            atol=self._settings.get("atol") if atol is None else atol,
            device=self._device,
            forms=forms,
        )
