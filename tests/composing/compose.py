"""Programs by number: the same seed makes the same program, on every machine."""

from __future__ import annotations

import hashlib
import random
from dataclasses import dataclass, replace

from composing import faults_data, faults_loop, faults_model, special
from composing.domains import DOMAINS
from composing.loops import drawn
from composing.marking import FAULTS, Fault
from composing.plan import Plan
from composing.wrappers import WRAPPERS, program

TABLES = (faults_data, faults_loop, faults_model)
"""What has entered its faults by being imported."""

RULES = tuple(dict.fromkeys([*(fault.rule for fault in FAULTS), *special.FAULTS]))
"""The rules that there is a fault for, in the order in which seeds take them."""
MOST_DRAWN = 20_000
HELD_OUT_SHARE = 4
"""One family of style in so many is held out: whoever makes rules doesn't look at it."""


@dataclass(frozen=True)
class Composed:
    """A program, and to which family of style it belongs."""

    seed: int
    family: str
    source: str
    choices: dict[str, str]
    rule: str = ""
    disguise: str = ""

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


def correct(seed: int) -> Composed:
    """A program without a fault; every fifth is one of those that aren't composed of parts."""
    draw = random.Random(f"composed {seed}")
    if seed % 5 == 4:
        name, source = special.correct(draw)
        return Composed(seed, f"{name}/whole", source, {})
    domain = draw.choice(DOMAINS)
    return _composed(seed, drawn(draw, draw.choice(list(WRAPPERS)), domain))


def faulty(seed: int, rules: tuple[str, ...] = ()) -> Composed:
    """A program with one fault, of each rule in turn.

    Raises:
        LookupError: no plan was found that the fault fits.
    """
    by_rule: dict[str, list[Fault]] = {}
    for fault in FAULTS:
        by_rule.setdefault(fault.rule, []).append(fault)
    names = [name for name in RULES if not rules or name in rules]
    rule = names[seed % len(names)]
    draw = random.Random(f"faulty {seed}")
    if rule in special.FAULTS:
        name, source = special.faulty(rule, draw)
        return Composed(seed, f"{name}/whole", source, {}, rule, name)
    chosen = draw.choice(by_rule[rule])
    for _ in range(MOST_DRAWN):
        plan = chosen.make(drawn(draw, draw.choice(list(WRAPPERS)), draw.choice(DOMAINS)), draw)
        if plan is not None and "# finding:" in program(plan):
            made = _composed(seed, plan)
            return replace(made, rule=rule, disguise=chosen.disguise)
    raise LookupError(f"no plan fits {rule} by {chosen.disguise}")


def _composed(seed: int, plan: Plan) -> Composed:
    """A plan as a program."""
    return Composed(seed, f"{plan.domain.name}/{plan.wrapper}", program(plan), plan.choices)
