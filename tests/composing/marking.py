"""What the makers of faults share: marks on lines, and the table of all faults."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from composing.plan import Lines, Plan

Make = Callable[[Plan, random.Random], Plan | None]
PLAIN = ("plain", "clipped")
"""Updates whose lines stand by themselves in the loop."""


@dataclass(frozen=True)
class Fault:
    """One fault in one disguise. ``make`` gives None for a plan that it doesn't fit."""

    rule: str
    disguise: str
    make: Make


FAULTS: list[Fault] = []


def fault(rule: str) -> Callable[[Make], Make]:
    """Enters a function into the table; its name is the disguise."""

    def enter(make: Make) -> Make:
        FAULTS.append(Fault(rule, make.__name__, make))
        return make

    return enter


def mark(line: str, rule: str) -> str:
    """The line with what is expected on it."""
    return f"{line}  # finding: {rule}"


def mark_all(lines: Lines, rule: str) -> Lines:
    """Each of the lines marked: the finding may lie on any of them."""
    return tuple(mark(line, rule) for line in lines)


def with_marks(plan: Plan, rule: str, *parts: str) -> Plan:
    """The plan with all lines of these parts marked."""
    changed: dict[str, Any] = {part: mark_all(getattr(plan, part), rule) for part in parts}
    return replace(plan, **changed)


def is_plain(plan: Plan, *domains: str) -> bool:
    """Whether the loop's lines stand by themselves, in one of the tasks if any is named."""
    return plan.choices["update"] in PLAIN and (not domains or plan.domain.name in domains)


def in_model(plan: Plan, old: str, new: str) -> Plan | None:
    """The plan with a piece of its model's text exchanged."""
    if not any(old in line for line in plan.model):
        return None
    return replace(plan, model=tuple(line.replace(old, new) for line in plan.model))
