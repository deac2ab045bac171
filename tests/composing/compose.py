"""Programs by number: the same seed makes the same program, on every machine."""

from __future__ import annotations

import hashlib
import random
from dataclasses import dataclass

from composing.domains import DOMAINS
from composing.loops import drawn
from composing.plan import Plan
from composing.wrappers import WRAPPERS, program

HELD_OUT_SHARE = 4
"""One family of style in so many is held out: whoever makes rules doesn't look at it."""


@dataclass(frozen=True)
class Composed:
    """A program, and to which family of style it belongs."""

    seed: int
    family: str
    source: str
    choices: dict[str, str]

    @property
    def is_held_out(self) -> bool:
        """Whether the family is one of those that rules aren't made on."""
        return is_held_out(self.family)


def is_held_out(family: str) -> bool:
    """Decided by the family's name alone, once and for all."""
    return hashlib.sha256(family.encode()).digest()[0] % HELD_OUT_SHARE == 0


def families() -> list[str]:
    """Every way to wrap every kind of task."""
    return [f"{domain.name}/{wrapper}" for domain in DOMAINS for wrapper in WRAPPERS]


def plan_of(seed: int) -> tuple[Plan, random.Random]:
    """The correct plan of a seed, and the generator with which it goes on."""
    draw = random.Random(f"composed {seed}")
    domain = draw.choice(DOMAINS)
    wrapper = draw.choice(list(WRAPPERS))
    return drawn(draw, wrapper, domain), draw


def correct(seed: int) -> Composed:
    """A program without a fault."""
    plan, _ = plan_of(seed)
    return composed(seed, plan)


def composed(seed: int, plan: Plan) -> Composed:
    """A plan as a program."""
    return Composed(seed, f"{plan.domain.name}/{plan.wrapper}", program(plan), plan.choices)
