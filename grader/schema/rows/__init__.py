"""Every kind of row that the recorder writes: one class each, and the only place that says so.

The recorder writes ``Forward.write(...)``, and the rules get a ``Forward``. What else there is to
know of a kind (its bounds, the values that tests draw, its part of ``docs/record.md``) is derived
from its class. A field with a default is not sent: later rows about the same thing fill it.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from grader.schema.fields import Row, kinds_in
from grader.schema.rows.accuracies import Answered, Comparison, Reported, WrongAxis
from grader.schema.rows.data import (
    Altered,
    Handed,
    Kindred,
    Normalised,
    Overlap,
    Pairing,
    Parted,
    Permuted,
    Turn,
)
from grader.schema.rows.ends import End, Fault, Missed, Warned
from grader.schema.rows.graphs import Kept, Old, Retained
from grader.schema.rows.layers import (
    Dropping,
    Flow,
    Inputs,
    LayerState,
    Mixed,
    Mode,
    Rectified,
    Recurrence,
    Stacked,
)
from grader.schema.rows.losses import Criterion, Loss, Misuse, Numbered, Objective, Reach, Targets
from grader.schema.rows.parameters import Alias, Born, Held, Misspelt, Parameter, Rebound, Symmetric
from grader.schema.rows.passes import (
    Backward,
    Cleared,
    FailedPass,
    Fed,
    Forward,
    Leftover,
    Opposed,
    Twin,
    Update,
    Within,
)
from grader.schema.rows.steps import Clipping, Direction, Scaled, Schedule, Slope
from grader.schema.rows.tables import (
    Model,
    Optimizer,
    Placed,
    Scheduled,
    Seen,
    Shared,
    Source,
    Trained,
)

__all__ = [  # noqa: RUF022 - in the order in which docs/record.md tells of them
    "KINDS",
    "Placed",
    "Model",
    "Source",
    "Trained",
    "Seen",
    "Shared",
    "Optimizer",
    "Scheduled",
    "Forward",
    "Fed",
    "Twin",
    "Backward",
    "Update",
    "Leftover",
    "Opposed",
    "Misuse",
    "Warned",
    "Reach",
    "Loss",
    "Criterion",
    "Numbered",
    "Stacked",
    "Rectified",
    "LayerState",
    "Mixed",
    "Inputs",
    "Flow",
    "Recurrence",
    "Cleared",
    "Mode",
    "Dropping",
    "Symmetric",
    "Held",
    "Parameter",
    "Schedule",
    "Clipping",
    "Scaled",
    "Objective",
    "Direction",
    "Old",
    "Kept",
    "Retained",
    "Rebound",
    "Misspelt",
    "Born",
    "Within",
    "Slope",
    "Turn",
    "Altered",
    "Normalised",
    "Overlap",
    "Targets",
    "Handed",
    "Kindred",
    "Comparison",
    "Answered",
    "Alias",
    "Pairing",
    "Parted",
    "Permuted",
    "WrongAxis",
    "Reported",
    "FailedPass",
    "Fault",
    "Missed",
    "End",
]

KINDS: Mapping[str, type[Row]] = MappingProxyType(
    {one.tag: one for one in kinds_in({name: globals().get(name) for name in __all__})}
)
"""Every kind of row, by its name."""
