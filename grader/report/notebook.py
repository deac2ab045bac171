"""An executed notebook as it stands in the page: text, code and outputs in their order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby

from markupsafe import Markup

from grader.model import CellStatus, Prose, Report
from grader.report.listing import Block
from grader.shown import outputs, words
from grader.shown.outputs import Room
from grader.shown.records import Shown, ShownCell, ShownFinding

_OUTLINE_FROM, _OUTLINE_TO = 6, 60  # cells
_LONG, _OPENING, _FEWEST_QUIET = 25, 12, 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A cell of prose: as markup, or as it was typed where that would be too large."""

    kind: str = "passage"
    markup: Markup | None
    text: str
    lost: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CellView:
    """A code cell with what it put out. ``ran`` is None where nothing is known of its run.

    ``count`` is its execution number as saved, where those say another order than the cells'.
    """

    kind: str = "cell"
    block: Block
    ran: ShownCell | None
    outputs: tuple[outputs.Shown, ...]
    findings: tuple[ShownFinding, ...]
    noted: bool
    count: int | None = None

    @property
    def number(self) -> int:
        """The cell's number, as its author counts code cells."""
        return self.block.cell or 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Cells, with the text between them, that the page has no room for."""

    kind: str = "gap"
    cells: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Quiet:
    """Cells in a row of a long notebook of which nothing is to be told, with the text between."""

    kind: str = "quiet"
    items: tuple[Passage | CellView | Gap, ...]

    @property
    def span(self) -> str:
        """Which cells they are."""
        numbers = [item.number for item in self.items if isinstance(item, CellView)]
        return f"cell {numbers[0]}" if len(numbers) == 1 else f"cells {numbers[0]} to {numbers[-1]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """The whole notebook; ``outline`` says whether it is long enough for one."""

    items: tuple[Passage | CellView | Gap, ...]

    @property
    def parts(self) -> tuple[Passage | CellView | Gap | Quiet, ...]:
        """The items; in a long notebook, those far from all that is to be told are put together."""
        if len(self.cells) <= _LONG:
            return self.items
        telling = [at for at, item in enumerate(self.items) if _tells(item)]
        near = {at + by for at in telling for by in (-1, 0, 1)} or set(range(_OPENING))
        parts: list[Passage | CellView | Gap | Quiet] = []
        for far, run in groupby(enumerate(self.items), lambda pair: pair[0] not in near):
            items = tuple(item for _, item in run)
            cells = sum(isinstance(item, CellView) for item in items)
            parts += [Quiet(items=items)] if far and cells >= _FEWEST_QUIET else items
        return tuple(parts)

    @property
    def cells(self) -> tuple[CellView, ...]:
        """The code cells alone."""
        return tuple(item for item in self.items if isinstance(item, CellView))

    @property
    def outline(self) -> tuple[CellView, ...]:
        """The cells of an overview: all, or where these are many those with something to tell.

        None where the notebook is short or was not run.
        """
        if len(self.cells) < _OUTLINE_FROM or not any(cell.ran for cell in self.cells):
            return ()
        if len(self.cells) <= _LONG:
            return self.cells
        return tuple(cell for cell in self.cells if _tells(cell))[:_OUTLINE_TO]

    @property
    def pictures(self) -> bool:
        """Whether the page's policy must allow pictures."""
        return any("<img" in markup for markup in self._markups()) or any(
            isinstance(each, outputs.Shot) for cell in self.cells for each in cell.outputs
        )

    def _markups(self) -> Iterator[str]:
        yield from (item.markup for item in self.items if isinstance(item, Passage) and item.markup)
        for cell in self.cells:
            yield from (each.markup for each in cell.outputs if isinstance(each, outputs.Page))


def _tells(item: Passage | CellView | Gap) -> bool:
    """Whether a cell has something beside its code and its outputs: a note, or another ending."""
    if not isinstance(item, CellView):
        return isinstance(item, Gap)
    odd = item.ran is not None and (item.ran.status is not CellStatus.OK or bool(item.ran.reads))
    return odd or item.noted or bool(item.findings)


def notebook(report: Report, show: Shown, blocks: Iterable[Block]) -> View:
    """Return the notebook of ``report``: its outputs from there, all else from ``show``."""
    room = Room()
    given = {cell.number: cell.outputs for cell in report.run.cells}
    prose: dict[int, list[Prose]] = {}
    for each in show.submission.prose:
        prose.setdefault(each.after, []).append(each)
    ran = {cell.number: cell for cell in show.cells}
    saved = {cell.number: cell.count for cell in show.submission.cells}
    in_order = all(count in (number, None) for number, count in saved.items())
    found: dict[int | None, list[ShownFinding]] = {}
    for entry in show.findings:
        if entry.finding.place:
            found.setdefault(entry.finding.place.cell, []).append(entry)
    items: list[Passage | CellView | Gap] = [_passage(each, room) for each in prose.pop(0, [])]
    last = 0
    for block in blocks:
        number = block.cell or 0
        if number > last + 1:
            items.append(Gap(cells=number - last - 1))
        last = number
        shown = outputs.outputs(given.get(number, ()), room)
        cell = _cell(block, ran.get(number), shown, found.get(number, []))
        items.append(replace(cell, count=None if in_order else saved.get(number)))
        items += [_passage(each, room) for each in prose.pop(number, [])]
    left = len(show.submission.cells) - last
    return View(items=(*items, Gap(cells=left)) if left > 0 else tuple(items))


def _cell(
    block: Block,
    ran: ShownCell | None,
    shown: tuple[outputs.Shown, ...],
    findings: list[ShownFinding],
) -> CellView:
    return CellView(
        block=block,
        ran=ran,
        outputs=shown,
        findings=tuple(findings),
        noted=any(n.crash for seg in block.segments for line in seg.lines for n in line.notes),
    )


def _passage(prose: Prose, room: Room) -> Passage:
    made = outputs.markup(prose.text, room, markdown=True)
    if made is None or not room.take(len(made.markup)):
        return Passage(markup=None, text=prose.text, lost="")
    lost = outputs.lost(made.lost) if made.lost else ""
    return Passage(markup=made.markup, text="", lost=lost)


def reading(cell: ShownCell) -> tuple[tuple[str, int], ...]:
    """Return the names that a cell takes from failed cells, listed, beside each cell's number."""
    return tuple((words.either(each.names) if each.names else "", each.cell) for each in cell.reads)
