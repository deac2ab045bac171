"""What a course decides about attempts and leaderboards, in its part of ``course.yaml``.

::

debug_loop:
  feedback: {full_attempts: 3, then: hidden}     # or after_due
  leaderboard: [val_accuracy, steps, parameters]
"""

from __future__ import annotations

from dataclasses import replace

from grader.model import Exercise, Feedback, Visibility
from grader.strict import Table

_LATER = (Visibility.HIDDEN.value, Visibility.AFTER_DUE.value)


def decided(exercise: Exercise, table: Table, due: str) -> Exercise:
    """The exercise with its course's policies.

    Raises:
        UsageError: one of them is not as above, or waits for a due date that isn't given.
    """
    return replace(
        exercise,
        feedback=_feedback(exercise.feedback, table.table("feedback"), due),
        leaderboard=table.texts("leaderboard") or exercise.leaderboard,
    )


def _feedback(known: Feedback, given: Table, due: str) -> Feedback:
    said = Table(given.items(), given.where, given.error)
    if not given.items():
        return known
    attempts = said.whole("full_attempts")
    then = Visibility(said.choice("then", _LATER, Visibility.HIDDEN.value))
    said.close()
    if then is Visibility.AFTER_DUE and not due:
        raise said.fail("then", "hidden, as the exercise has no due date to wait for", then.value)
    return Feedback(full_attempts=attempts, then=then)
