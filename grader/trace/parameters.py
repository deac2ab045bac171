"""What became of all that could be trained. A view of a Trace that rules share.

Our side of the wall.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence

from grader.model import Place
from grader.schema.rows import Parameter, Update
from grader.trace.trace import Trace

TOLD = 3
"""So many names are told; of the others, how many there are."""


def parameters_of(trace: Trace) -> list[Parameter]:
    """The table of parameters; empty where not all that was done is known."""
    return list(trace.of(Parameter)) if trace.is_sound and not trace.unseen else []


def steppers(trace: Trace) -> Counter[int]:
    """How many updates each torch optimizer has made."""
    return Counter(update.optimizer for update in trace.of(Update) if update.optimizer >= 0)


def is_idle(parameter: Parameter) -> bool:
    """Whether a tensor asks for gradients all the time, and no number of it has ever changed."""
    return parameter.asked and parameter.asks and not parameter.changed


def named(parameters: Sequence[Parameter]) -> str:
    """Their names for a reader: the first ones, and how many more there are."""
    names = [parameter.name or "one without a name" for parameter in parameters]
    rest = len(names) - TOLD
    return ", ".join(names[:TOLD]) + (f" and {rest} more" if rest > 0 else "")


def first_place(parameters: Collection[Parameter]) -> Place | None:
    """The first line that made one of them."""
    places = [parameter.place for parameter in parameters if parameter.place is not None]
    return min(places, default=None)
