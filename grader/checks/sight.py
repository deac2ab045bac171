"""What the student's code was seen to run, told by its process and kept on the judge's side."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator

from grader.checks.agreement import CheckFailed
from grader.runner.agreed import AUTOGRAD, INTERRUPTED
from grader.runner.wire import WireMalformed

__all__ = ["AUTOGRAD", "Sight", "differentiating"]

MAX_NAMES = 4000
MAX_NAME = 200

_BY_AUTOGRAD = {"torch.Tensor.backward", "backward", "torch.autograd.backward", "grad",
                "torch.autograd.grad", "_make_dual", "torch.ops.aten._make_dual"}  # fmt: skip


def differentiating(names: Iterable[str]) -> list[str]:
    """Those of the ``names`` by which torch differentiates, backward or forward, sorted."""
    return sorted(n for n in names if n in _BY_AUTOGRAD or n.startswith(AUTOGRAD))


class Sight:
    """What the student's code was seen to run: for each check that watches, and of all of them.

    It is kept on this side: each answer tells what its own request ran, so that nothing that was
    told can be taken back over there.
    """

    def __init__(self) -> None:
        self.everything: set[str] = set()
        self._watchers: list[set[str]] = []

    @property
    def is_watching(self) -> bool:
        """Whether a check watches now."""
        return bool(self._watchers)

    @contextlib.contextmanager
    def watching(self) -> Iterator[set[str]]:
        """A context whose set has, at its end, the names of what ran."""
        used: set[str] = set()
        self._watchers.append(used)
        try:
            yield used
        finally:
            self._watchers = [each for each in self._watchers if each is not used]

    def require_whole(self, names: set[str]) -> None:
        """Raise CheckFailed where the program has ended the watch that told these names."""
        if INTERRUPTED in names:
            raise CheckFailed(
                "what these calls run could not be seen: a profiler, or a mode of torch, was "
                "started or ended inside of them; expected neither"
            )

    def take(self, names: object) -> None:
        """Keep what an answer tells. Raises WireMalformed where it tells no list of names."""
        if not isinstance(names, list) or len(names) > MAX_NAMES:
            raise WireMalformed("it hides what the call ran")
        told = {name[:MAX_NAME] for name in names if isinstance(name, str)}
        for known in (self.everything, *self._watchers):
            known.update(told)
