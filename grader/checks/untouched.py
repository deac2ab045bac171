"""What must be afterwards as it was before, looked at in one way by the checks of all exercises."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Callable, Iterator
from typing import Any

from grader.checks.agreement import CheckFailed

Facts = dict[str, Any]
FIRST_SEED = 90_001
PLAIN = (bool, int, float, str, type(None))


class Untouched:
    """The fixture ``untouched``: looks before and after calls; fails where something differs."""

    def __init__(self, look: Callable[..., Facts], seed: Callable[[int], None]) -> None:
        self._look = look
        self._seed = seed
        self._seeds = itertools.count(FIRST_SEED)

    @contextlib.contextmanager
    def __call__(self, *, by: str, but: tuple[str, ...] = (), **objects: object) -> Iterator[None]:
        """A context at whose end the ``objects``, and the process, are as they were before.

        Args:
            by: what is called in it, for the message.
            but: beginnings of what may change, as ``"the gradient of"``.
            objects: handles or values over there, by the names that a reader knows.

        Raises:
            CheckFailed: the first thing that differs, with both values.
        """
        self._seed(next(self._seeds))  # a call before may have left the seed that this one sets
        before = self._look(**objects)
        yield
        after = self._look(**objects)
        changed = [
            what
            for what in dict.fromkeys((*before, *after))
            if before.get(what) != after.get(what) and not what.startswith(but)
        ]
        if changed:
            raise CheckFailed(
                f"{by} changes {changed[0]}, expected it to stay as it was",
                details=[_both(what, before, after) for what in changed[:4]],
            )


def _both(what: str, before: Facts, after: Facts) -> str:
    if what.startswith(("the numbers of", "the gradient of")):
        gone = after.get(what) is None
        return f"{what}   expected the same as before   got {'none' if gone else 'others'}"
    return f"{what}   expected {_say(before, what)}   got {_say(after, what)}"


def _say(facts: Facts, what: str) -> str:
    value = facts.get(what, "nothing")
    return str(value)[:60] if isinstance(value, PLAIN) else "something else"
