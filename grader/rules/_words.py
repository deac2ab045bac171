"""How rules write numbers into sentences; docs/style.md has the reasons."""

from __future__ import annotations

import math


def count(number: float, noun: str) -> str:
    """A number of things, or a mean of such: ``1 forward pass``, ``1,250 forward passes``."""
    ending = "es" if noun.endswith(("s", "sh", "ch", "x")) else "s"
    said = f"{number:,.1f}".removesuffix(".0")
    return f"{said} {noun}" if number == 1 else f"{said} {noun}{ending}"


def value(number: float) -> str:
    """A loss, a norm or a rate in three digits; what is no number by its name."""
    return f"{number:.3g}" if math.isfinite(number) else str(number)


def percent(share: float) -> str:
    """A share from 0 to 1: ``12.5 %``."""
    return f"{round(100 * share, 1):g} %"
