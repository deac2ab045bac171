"""The numbers of a rubric line, and what a check does with them.

Whatever a check reads of its settings is noted, and so is each number that it compares with one.
A result can then be judged again under another rubric: a setting that was compared gives the same
result as a fresh run would, one that was never read changes nothing, and only for one that the
check read to do something else with it is the student's code needed again
(docs/design/031-what-is-kept.md).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
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

    ``kind`` is the form of the data, for a setting that has a number for each. In each method
    ``said`` is the message of a failure, with ``{measured:.1%}`` and ``{threshold:g}`` where the
    numbers go; ``more`` are fields of a :class:`~grader.model.Compared`: ``details``, which are
    written alike, ``settles_pass=True`` where nothing in the check comes after it, and ``metric``,
    the name that the number has among the result's metrics.
    """

    def __init__(
        self,
        values: Mapping[str, Plain],
        kind: str,
        keep: Callable[[Compared], object],
        measure: Callable[[str, float], object],
    ) -> None:
        self._values = values
        self._kind = kind
        self._keep = keep
        self._measure = measure

    def at_least(self, setting: str, measured: float, said: str, **more: Any) -> None:
        """Require that ``measured`` reaches the rubric's number ``setting``.

        Raises:
            CheckFailed: it does not.
        """
        self._require(self._compared(AT_LEAST, setting, measured, said, more))

    def at_most(self, setting: str, measured: float, said: str, **more: Any) -> None:
        """Require that ``measured`` stays within the rubric's number ``setting``.

        Raises:
            CheckFailed: it does not.
        """
        self._require(self._compared(AT_MOST, setting, measured, said, more))

    def first_at_least(
        self, setting: str, tries: Iterable[Callable[[], float]], said: str, **more: Any
    ) -> None:
        """Require that one of several tries reaches the rubric's number ``setting``.

        They are made one after the other, until one does. ``said`` may have ``{tries}`` in it.

        Raises:
            CheckFailed: none does; the best is told.
        """
        waiting, tried = list(tries), list[float]()
        while waiting:
            tried.append(float(waiting.pop(0)()))
            compared = self._compared(
                AT_LEAST, setting, tried[-1], said, {**more, "settles_fail": not waiting}
            )
            compared = replace(compared, tried=tuple(tried))
            compared = replace(compared, measured=comparison.value(compared))
            if comparison.holds(compared) or not waiting:
                self._require(compared)
                return

    def either(self, choices: Mapping[str, tuple[str, float]], said: str, **more: Any) -> None:
        """Require one of several: ``choices`` has a relation and a number for each setting.

        The relations are ``at least`` and ``at most``; the numbers in ``said`` are the first's.

        Raises:
            CheckFailed: none holds.
        """
        made = [
            self._compared(relation, setting, measured, said, more)
            for setting, (relation, measured) in choices.items()
        ]
        made[:-1] = [replace(each, or_next=True) for each in made[:-1]]
        for each in made:
            self._keep(each)
        if not any(map(comparison.holds, made)):
            raise _failed(made[0])

    def _require(self, compared: Compared) -> None:
        for name, value in comparison.metrics(compared).items():
            self._measure(name, value)
        require(compared, self._keep)

    def _compared(
        self, relation: str, setting: str, measured: float, said: str, more: Mapping[str, Any]
    ) -> Compared:
        return Compared(
            label=more.get("label", setting.replace("_", " ")),
            measured=float(measured),
            relation=relation,
            threshold=comparison.threshold_of(self._values, setting, self._kind),
            setting=setting,
            said=said,
            **{name: value for name, value in more.items() if name != "label"},
        )


def require(compared: Compared, keep: Callable[[Compared], object]) -> None:
    """Keep a comparison, and fail where it doesn't hold.

    Raises:
        CheckFailed: it doesn't.
    """
    keep(compared)
    if not comparison.holds(compared):
        raise _failed(compared)


def _failed(compared: Compared) -> CheckFailed:
    message, details = comparison.failure(compared)
    return CheckFailed(message, details=details)
