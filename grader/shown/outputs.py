"""What the cells of a notebook put out, made fit to stand in the page.

Every output is a stranger's. Each becomes text (which the template escapes), markup that
``rich`` has cleaned, or a picture that ``pictures`` has looked at; what is neither is named.
Which form of an output is shown follows notebooks; one that can't be shown gives way to the
next, and text comes last. The page stays small: ``Room`` says how much is left of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import groupby

from markupsafe import Markup

from grader.model import CellOutput
from grader.shown import raster, rich, words
from grader.shown.harmless import cut, one_line, printed, visible
from grader.shown.pictures import SVG, NotShown, Picture, picture

PAGE_BYTES = 8 << 20
PAGE_TEXT = 1 << 20
PAGE_COST = 60_000
"""What parsing HTML and Markdown may cost, in tags (``rich.cost``): some ten seconds at worst."""

_TEXT = 64 << 10
_RAW_TEXT = 1 << 20  # what is read of a text to show so much of it
_LINE = 2_000
_OUTPUTS = 100  # of one cell
_WHOLE, _HEAD, _TAIL = 24, 6, 10  # lines
_OPEN_PAGE = 60_000  # characters of markup that are shown unfolded

_ORDER = ("text/html", "text/markdown", SVG, *raster.TYPES, "text/latex", "application/json")
_PLAIN = "text/plain"
_NAMELESS = "<IPython.core.display."  # the text of what has no other text
_NEEDS_SCRIPT = ("application/javascript", "text/javascript")


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """Printed text: what is shown, and between head and tail what is folded away."""

    kind: str = "text"
    head: str
    folded: str = ""
    tail: str = ""
    lines: int
    stream: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A piece of HTML or Markdown; ``folded`` if it is long."""

    kind: str = "page"
    markup: Markup
    folded: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """A picture."""

    kind: str = "picture"
    picture: Picture


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """The report's own words about an output: what it leaves out, and why."""

    kind: str = "remark"
    text: str


Shown = Text | Page | Shot | Remark


class Room:
    """How much of the page is left for outputs, in bytes, and what parsing may still cost."""

    def __init__(
        self, size: int = PAGE_BYTES, cost: int = PAGE_COST, text: int = PAGE_TEXT
    ) -> None:
        self._size = size
        self._cost = cost
        self._text = text

    def take(self, size: int) -> bool:
        """Whether there is room for so many bytes; if so it is gone."""
        if size > self._size:
            return False
        self._size -= size
        return True

    def print(self, lines: Iterable[str]) -> bool:
        """Whether there is room for so much plain text; if so it is gone."""
        size = sum(map(len, lines))
        if size > self._text or not self.take(size):
            return False
        self._text -= size
        return True

    def spend(self, cost: int) -> bool:
        """Whether parsing at such a cost may still be done; if so it is spent, come what may."""
        if cost > self._cost:
            return False
        self._cost -= cost
        return True


def outputs(given: Iterable[CellOutput], room: Room) -> tuple[Shown, ...]:
    """Return a cell's outputs as they are shown, errors aside (these have frames)."""
    joined = list(_joined(output for output in given if output.kind != "error"))
    shown = [each for output in joined[:_OUTPUTS] for each in _one(output, room)]
    more = len(joined) - _OUTPUTS
    if more > 0:
        noun = words.plural(more, "output")
        shown.append(Remark(text=f"{more:,} more {noun} of this cell are left out."))
    return tuple(shown)


def _joined(given: Iterable[CellOutput]) -> Iterator[CellOutput]:
    """Streams are cut into many outputs by chance; what was printed in a row is one."""
    for stream, same in groupby(given, lambda o: o.name if o.kind == "stream" else None):
        if stream is None:
            yield from same
            continue
        first, *rest = same
        text = "".join(output.data.get(_PLAIN, "") for output in (first, *rest))
        yield replace(first, data={_PLAIN: text})


def _one(output: CellOutput, room: Room) -> Iterator[Shown]:
    if output.kind == "stream":
        stream = "stderr" if output.name == "stderr" else ""
        yield from _text(output.data.get(_PLAIN, ""), room, stream)
        return
    reasons: list[str] = []
    for mime in _ORDER:
        if mime not in output.data:
            continue
        try:
            yield from _rendered(mime, output.data, room)
        except NotShown as reason:
            reasons.append(str(reason))
        else:
            return
    if any(reasons):
        yield Remark(text=f"Not shown: {next(filter(None, reasons))}.")
    yield from _fallback(output.data, room, told=bool(reasons))


def _fallback(data: Mapping[str, str], room: Room, *, told: bool) -> Iterator[Shown]:
    if any(kind in data for kind in _NEEDS_SCRIPT) and not told:
        yield Remark(text="Not shown: it needs a script, and the report runs none.")
    elif _PLAIN not in data and not told:
        kinds = one_line(visible(", ".join(list(data)[:5])[:200]), 80) or "none"
        yield Remark(text=f"Not shown: an output of a kind that is not known here ({kinds}).")
    text = data.get(_PLAIN, "")
    if not text.startswith(_NAMELESS):
        yield from _text(text, room)


def _rendered(mime: str, data: Mapping[str, str], room: Room) -> Iterator[Shown]:
    """One form of an output.

    Raises:
        NotShown: it can't be shown in this form; without a reason where nothing is lost.
    """
    if mime in ("text/latex", "application/json"):
        yield from _text(data[mime], room)
    elif mime.startswith("text/"):
        yield from _page(mime, data[mime], room)
    else:
        alt = one_line(printed(data.get(_PLAIN, "")[:400]), 200) or "a picture"
        seen = picture(mime, data[mime], alt)
        if not room.take(len(seen.src)):
            raise NotShown(f"a picture of {words.size(len(seen.src) * 3 / 4)}; {_full()}")
        yield Shot(picture=seen)


def _page(mime: str, source: str, room: Room) -> Iterator[Shown]:
    made = markup(source, room, markdown=mime == "text/markdown")
    if made is None:
        raise NotShown("its formatted form is larger than a page can hold")
    if made.empty:
        # A style alone, as notebooks set to be wider, is worth no word.
        scripted = "its formatted form needs a script, and the report runs none"
        raise NotShown(scripted if "<script" in source else "")
    if not room.take(len(made.markup)):
        raise NotShown(f"its formatted form; {_full()}")
    yield Page(markup=made.markup, folded=len(made.markup) > _OPEN_PAGE and not made.pictures)
    if made.lost:
        yield Remark(text=lost(made.lost))


def markup(source: str, room: Room, *, markdown: bool) -> rich.Rich | None:
    """Return HTML or Markdown made harmless; None where that would cost too much."""
    if not room.spend(rich.cost(source, markdown=markdown)):
        return None
    try:
        return rich.from_markdown(source) if markdown else rich.from_html(source)
    except rich.TooLarge:
        return None


def lost(count: int) -> str:
    """Return what is said of pictures that lie outside the notebook, or are broken."""
    which = "A picture is" if count == 1 else f"{count} pictures are"
    return f"{which} not shown: only pictures within the notebook itself can be."


def _full() -> str:
    return f"the report holds at most {words.size(PAGE_BYTES)} of outputs"


def _text(source: str, room: Room, stream: str = "") -> Iterator[Shown]:
    text, left_out = _trimmed(source)
    lines = [cut(line.rstrip(), _LINE) for line in text.rstrip().split("\n")]
    if not any(lines):
        return
    if not room.print(lines):
        full = f"the report holds at most {words.size(PAGE_TEXT)} of what is printed"
        yield Remark(text=f"Not shown: {len(lines):,} lines of text; {full}.")
        return
    if len(lines) <= _WHOLE:
        yield Text(head="\n".join(lines), lines=len(lines), stream=stream)
    else:
        yield Text(
            head="\n".join(lines[:_HEAD]),
            folded="\n".join(lines[_HEAD:-_TAIL]),
            tail="\n".join(lines[-_TAIL:]),
            lines=len(lines),
            stream=stream,
        )
    if left_out:
        yield Remark(text=f"{left_out:,} characters in the middle of this are left out.")


def _trimmed(source: str) -> tuple[str, int]:
    """A text as a terminal would have left it: all of it, or its two ends with the cut said."""
    if len(source) <= _RAW_TEXT:
        text = printed(source)
        if len(text) <= _TEXT:
            return text, 0
        return _ends(text, text, len(text) - _TEXT)
    # Most of fifty megabytes need not be read to show their ends.
    head, tail = printed(source[: _RAW_TEXT // 2]), printed(source[-_RAW_TEXT // 2 :])
    return _ends(head, tail, len(source) - _TEXT)


def _ends(head: str, tail: str, left_out: int) -> tuple[str, int]:
    start = head[: _TEXT // 4].rpartition("\n")[0] or head[: _TEXT // 4]
    end = tail[-_TEXT * 3 // 4 :].partition("\n")[2] or tail[-_TEXT * 3 // 4 :]
    return f"{start}\n…\n{end}", left_out
