"""``grade doctor``: attack the wall and tell what was refused, not what was configured.

Theory of operation. The programs of the conformance suite that read, change or escape, and those
that take memory by ways which limits tend to miss, are run one after the other in throw-away
children behind the wall as this machine gives it. An attack has been refused if the planted
things are untouched, no process is left, and the program itself has not got through.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from grader.model import Isolation, IsolationLevel, Limits
from grader.runner.wall.field import Field
from grader.runner.wall.programs import REACHED, Program, programs
from grader.runner.wall.trial import Trial, run

AIMS = frozenset({"read", "change", "escape"})
ALSO = frozenset({"exhaust/memory_memfd", "exhaust/memory_pipes", "exhaust/memory_shared_map",
                  "exhaust/memory_system_v", "exhaust/processes"})  # fmt: skip
WALL_S = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Attack:
    """One attack: what was tried, whether it was refused, and what it got if not."""

    name: str
    about: str
    refused: bool
    got: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """The wall of this machine, and how it stood up to each attack."""

    isolation: Isolation
    attacks: tuple[Attack, ...]


def survey() -> Survey:
    """Run every attack that this machine's wall should refuse; takes some seconds.

    Call it in a process with one thread. Where there is no wall nothing is attacked: the
    answers are known, and the attacks would be real.
    """
    trial = run("")
    isolation = trial.isolation
    if isolation is None:
        reason = f"the wall does not stand: {trial.ending.detail}"
        isolation = Isolation(level=IsolationLevel.NONE, missing=(reason,))
    attacks = () if isolation.level is IsolationLevel.NONE else tuple(_attacks())
    return Survey(isolation=isolation, attacks=attacks)


def _attacks() -> Iterator[Attack]:
    for program in programs():
        if not program.needs and (program.aim in AIMS or program.name in ALSO):
            with Field() as field:
                limits = program.limited(Limits(wall_s=WALL_S))
                trial = run(program.render(field.planted), limits=limits)
                yield judge(program, field, trial)


def judge(program: Program, field: Field, trial: Trial) -> Attack:
    """Whether an attack was refused, by what happened outside and what the program reached."""
    got = field.damage(trial.stdout, trial.stderr)
    lines = trial.stdout.decode(errors="replace").splitlines()
    got += [line for line in lines if line.startswith(REACHED)]
    if trial.survivors:
        got.append(f"{trial.survivors} processes left")
    if trial.isolation is None:
        got.append("the wall did not stand")
    return Attack(name=program.name, about=program.about, refused=not got, got=tuple(got))
