"""What ``grade verify`` found out."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from grader.author.mutation import Mutation
from grader.author.problems import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """Exercises, and what speaks against them. ``mutations`` are empty unless asked for."""

    exercises: tuple[str, ...]
    trials: int
    problems: tuple[Problem, ...]
    mutations: tuple[Mutation, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether the exercises are proved: no problem, and the checks notice the mutants."""
        return not self.problems and all(mutation.is_enough for mutation in self.mutations)

    def plain(self) -> dict[str, Any]:
        """The proof as plain values for JSON."""
        return {
            "passed": self.holds,
            "exercises": list(self.exercises),
            "trials": self.trials,
            "problems": [asdict(problem) for problem in self.problems],
            "mutations": [mutation.plain() for mutation in self.mutations],
        }
