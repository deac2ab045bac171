"""The known errors: each by a stable fragment of its text, for the words around it change."""

from __future__ import annotations

from grader.crashes.beginners import BEGINNERS
from grader.crashes.mismatches import MISMATCHES
from grader.crashes.programs import PROGRAMS
from grader.crashes.rows import Row
from grader.crashes.surroundings import SURROUNDINGS
from grader.crashes.tensors import TENSORS

TABLE: tuple[Row, ...] = (*SURROUNDINGS, *BEGINNERS, *MISMATCHES, *TENSORS, *PROGRAMS)
"""The first row that fits is the one that speaks."""
