"""The numbers of a rubric line, and what a check does with them.

Whatever a check reads of its settings is noted, and so is each number that it compares with one.
A result can then be judged again under another rubric: a setting that was compared gives the same
result as a fresh run would, one that was never read changes nothing, and only for one that the
check read to do something else with it is the student's code needed again
(docs/design/031-what-is-kept.md).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from grader import comparison
from grader.checks.agreement import CheckFailed
from grader.comparison import AT_LEAST, AT_MOST
from grader.model import Compared, Plain


@dataclass(slots=True)
class Noted:
    """What one test of a check rests on, noted while it runs."""

    settings: dict[str, Any] = field(default_factory=dict)
    compared: list[Compared] = field(default_factory=list)
    rules: list[str] = field(default_factory=list)
    wanted: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()


class Settings(Mapping[str, Any]):
    """A rubric line's own numbers; whichever is read is noted, also one that isn't there."""

    def __init__(self, values: Mapping[str, Any], noted: dict[str, Any]) -> None:
        self._values = values
        self._noted = noted

    def __getitem__(self, name: str) -> Any:
        self._noted[name] = self._values.get(name)
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


class Thresholds:
    """The fixture ``thresholds``: holds measured numbers against the rubric line's.

    ``kind`` is the form of the data, for a setting that has a number for each.
    """

    def __init__(
        self, values: Mapping[str, Plain], kind: str, keep: Callable[[Compared], object]
    ) -> None:
        self._values = values
        self._kind = kind
        self._keep = keep

    def at_least(self, setting: str, measured: float, said: str, **more: Any) -> None:
        """Require that ``measured`` reaches the rubric's number ``setting``.

        ``said`` is the message of a failure, with ``{measured:.1%}`` and ``{threshold:g}`` where
        the numbers go; ``more`` are fields of a :class:`~grader.model.Compared`: ``details``,
        which are written alike, and ``settles_pass=True`` where nothing in the check comes after
        it.

        Raises:
            CheckFailed: it does not.
        """
        self._require(AT_LEAST, setting, measured, said, more)

    def at_most(self, setting: str, measured: float, said: str, **more: Any) -> None:
        """Require that ``measured`` stays within the rubric's number ``setting``; as `at_least`."""
        self._require(AT_MOST, setting, measured, said, more)

    def _require(
        self, relation: str, setting: str, measured: float, said: str, more: Mapping[str, Any]
    ) -> None:
        require(
            Compared(
                label=more.get("label", setting.replace("_", " ")),
                measured=float(measured),
                relation=relation,
                threshold=comparison.threshold_of(self._values, setting, self._kind),
                setting=setting,
                said=said,
                **{name: value for name, value in more.items() if name != "label"},
            ),
            self._keep,
        )


def require(compared: Compared, keep: Callable[[Compared], object]) -> None:
    """Keep a comparison, and fail where it doesn't hold.

    Raises:
        CheckFailed: it doesn't.
    """
    keep(compared)
    if not comparison.holds(compared):
        message, details = comparison.failure(compared)
        raise CheckFailed(message, details=details)
