"""In which mode each model's updates were made, throughout a run.

Runs in the student's process. Counted is what the parts of a model that know of the mode did in
the forwards that an update came from, so a frozen batch normalisation in a model that trains is no
model in evaluation mode. One row where it changes, counts for the rest.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from grader.observe.calls import FLAGS, PLACE, Call
from grader.observe.gradients import Leaf
from grader.observe.log import Log
from grader.observe.models import LiveModel
from grader.schema import bits
from grader.schema.rows import Mode

MOST_ROWS = 200


class Course:
    """The updates of one model so far."""

    __slots__ = ("acts", "asleep", "awake")

    def __init__(self) -> None:
        self.acts = -1
        self.awake = 0
        self.asleep = 0

    def count(self) -> None:
        """One more update in the mode that it is in."""
        if self.acts == bits.ACTS:
            self.awake += 1
        else:
            self.asleep += 1


class Modes:
    """The courses of all models that have mode-sensitive parts."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._courses: dict[int, Course] = {}
        self._rows = 0

    def ordinary(self, model: LiveModel) -> None:
        """Count an update like the last one that was looked at."""
        course = self._courses.get(model.index)
        if course is not None:
            course.count()

    def updated(self, calls: Sequence[Call], leaves: Collection[Leaf], update: int) -> None:
        """Note how the models acted whose own tensors an update has changed."""
        sensitive = [call for call in calls if call.model.sensitive]
        if not sensitive:
            return
        changed = {id(tensor) for leaf in leaves if (tensor := leaf.ref()) is not None}
        acts: dict[int, tuple[int, Call]] = {}
        for call in sensitive:
            if any(id(ref()) in changed for ref in call.model.parameters):
                before = acts.get(call.model.index, (-1, call))
                acts[call.model.index] = max(before, (_acts(call), call), key=lambda one: one[0])
        for index, (how, call) in acts.items():
            self._count(index, how, call, update)

    def _count(self, index: int, how: int, call: Call, update: int) -> None:
        course = self._courses.setdefault(index, Course())
        is_new = how != course.acts
        course.acts = how
        course.count()
        if is_new and self._rows < MOST_ROWS:
            self._write(index, course, update, call.row[PLACE])

    def report(self) -> None:
        """Write down where the counts stand."""
        for index, course in self._courses.items():
            self._write(index, course, course.awake + course.asleep, -1)

    def _write(self, index: int, course: Course, update: int, place: object) -> None:
        self._rows += 1
        at = place if isinstance(place, int) else -1
        self._log.add(Mode.write(index, update, at, course.acts, course.awake, course.asleep))


def _acts(call: Call) -> int:
    flags = call.row[FLAGS]
    assert isinstance(flags, int)
    if flags & bits.SENSITIVE:
        return bits.ACTS
    return bits.PARTLY if flags & bits.TRAINING else bits.QUIET
