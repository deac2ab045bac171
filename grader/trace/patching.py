"""Replaces attributes of torch for a while, and puts every one of them back.

Runs in the student's process.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

_ABSENT = object()


class Patches:
    """A stack of replaced attributes and registered hooks; `undo` restores all of them."""

    def __init__(self) -> None:
        self._undo: list[Callable[[], None]] = []
        self._put: list[tuple[Any, str, Any]] = []

    def put(self, owner: Any, name: str, value: Any, *, afterwards: Any = None) -> None:
        """Set ``owner.name``; the old state, absence included, comes back with `undo`.

        ``afterwards`` takes the place of an absence that can't come back.
        """
        old = vars(owner).get(name, _ABSENT)
        setattr(owner, name, value)
        self._put.append((owner, name, value))

        def restore() -> None:
            if vars(owner).get(name) is not value:
                return  # someone replaced it after us: theirs is not ours to remove
            if old is _ABSENT and afterwards is not None:
                setattr(owner, name, afterwards)
            elif old is _ABSENT:
                delattr(owner, name)
            else:
                setattr(owner, name, old)

        self._undo.append(restore)

    def hook(self, handle: Any) -> None:
        """Keep a hook's handle, to be removed with the rest."""
        self._undo.append(handle.remove)

    def lost(self) -> list[str]:
        """The names of attributes that no longer hold what was put there."""
        return [
            f"{getattr(owner, '__name__', owner)}.{name}"
            for owner, name, value in self._put
            if vars(owner).get(name) is not value
        ]

    def undo(self) -> None:
        """Restore everything, last first."""
        while self._undo:
            self._undo.pop()()
        self._put.clear()
