"""An executed notebook as it stands in the page: text, code and outputs in their order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from markupsafe import Markup

from grader.model import CellOutput, Prose, Report
from grader.report.listing import Block
from grader.shown import outputs, words
from grader.shown.outputs import Room
from grader.shown.view import Shown, ShownCell, ShownFinding

_OUTLINE_FROM = 6  # cells


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A cell of prose: as markup, or as it was typed where that would be too large."""

    kind: str = "passage"
    markup: Markup | None
    text: str
    lost: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CellView:
    """A code cell with what it put out. ``ran`` is None where nothing is known of its run."""

    kind: str = "cell"
    block: Block
    ran: ShownCell | None
    outputs: tuple[outputs.Shown, ...]
    findings: tuple[ShownFinding, ...]
    noted: bool

    @property
    def number(self) -> int:
        """The cell's number, as its author counts code cells."""
        return self.block.cell or 0


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """The whole notebook; ``outline`` says whether it is long enough for one."""

    items: tuple[Passage | CellView, ...]

    @property
    def cells(self) -> tuple[CellView, ...]:
        """The code cells alone."""
        return tuple(item for item in self.items if isinstance(item, CellView))

    @property
    def outline(self) -> bool:
        """Whether it is long enough, and was run, so that an overview helps."""
        return len(self.cells) >= _OUTLINE_FROM and any(cell.ran for cell in self.cells)

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


def notebook(report: Report, show: Shown, blocks: Iterable[Block]) -> View:
    """Return the notebook of ``report``: its outputs from there, all else from ``show``."""
    room = Room()
    given = {cell.number: cell.outputs for cell in report.run.cells}
    prose: dict[int, list[Prose]] = {}
    for each in show.submission.prose:
        prose.setdefault(each.after, []).append(each)
    items: list[Passage | CellView] = [_passage(each, room) for each in prose.pop(0, [])]
    for block in blocks:
        items.append(_cell(show, block, given, room))
        items += [_passage(each, room) for each in prose.pop(block.cell or 0, [])]
    return View(items=tuple(items))


def _cell(
    show: Shown, block: Block, given: Mapping[int, tuple[CellOutput, ...]], room: Room
) -> CellView:
    ran = next((cell for cell in show.cells if cell.number == block.cell), None)
    findings = [f for f in show.findings if f.finding.place and f.finding.place.cell == block.cell]
    return CellView(
        block=block,
        ran=ran,
        outputs=outputs.outputs(given.get(block.cell or 0, ()), room),
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
