"""How a program counts images, told by its text: whether with the sizes of the full MNIST.

``images[:n]`` with more than there are is a split in one program and a last batch in the next.
What tells them apart is the other half: who splits writes ``images[n:]`` too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

_NUMBER = re.compile(r"(?<![\w.])\d[\d_]{3,}(?![\w.])")
_POWER = re.compile(r"(?<![\w.])([1-9]0?)[eE]([34])(?![\w.])")
_EXPRESSION = r"((?:[^\[\]:,#\n]|\[[^\[\]:\n]*\])+?)"
_BEFORE = re.compile(rf"\[\s*0?\s*:\s*{_EXPRESSION}\s*[\],]")
_AFTER = re.compile(rf"\[\s*{_EXPRESSION}\s*:")
_FROM_ZERO = re.compile(r"\[\s*0\s*:")


class Counted:
    """What the text of a program says about its slices. ``texts`` are its cells."""

    def __init__(self, texts: Iterable[str]) -> None:
        text = "\n".join(texts)
        numbers = {int(number.replace("_", "")) for number in _NUMBER.findall(text)}
        numbers |= {int(digits) * 10 ** int(zeros) for digits, zeros in _POWER.findall(text)}
        self._numbers = numbers
        self._from_zero = _FROM_ZERO.search(text) is not None
        starts = {_squeezed(start) for start in _AFTER.findall(text)}
        self._has_pairs = not starts.isdisjoint(map(_squeezed, _BEFORE.findall(text)))
        self._starts = {int(start) for start in starts if start.lstrip("-").isdigit()}

    def with_numbers(self, sizes: Mapping[int, int]) -> bool:
        """Whether it names a number of images that only the full set has."""
        return any(size < one <= full for size, full in sizes.items() for one in self._numbers)

    def bounds(self, asked: slice, size: int, full: int) -> tuple[int, int] | None:
        """The bounds, counted from 0, of a slice of ``size`` images that is meant for ``full``."""
        if not all(one is None or type(one) is int for one in (asked.start, asked.stop)):
            return None
        start, stop = asked.start or 0, full if asked.stop is None else asked.stop
        beyond = [one for one in (start, asked.stop) if one is not None and size < abs(one) <= full]
        if not beyond or asked.step not in (None, 1):
            return None
        start, stop = (one + full if one < 0 else one for one in (start, stop))
        if start >= size:
            return start, max(start, stop)
        begins = asked.start is None or (asked.start == 0 and self._from_zero)
        return (start, stop) if begins and self._splits(size, full) else None

    def _splits(self, size: int, full: int) -> bool:
        return self._has_pairs or any(size < abs(start) <= full for start in self._starts)


def _squeezed(expression: str) -> str:
    """An expression without blanks, and a number without its underscores."""
    bare = "".join(expression.split())
    digits = bare.lstrip("-").replace("_", "")
    return bare.replace("_", "") if digits.isdigit() else bare
