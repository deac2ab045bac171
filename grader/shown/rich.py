"""HTML and Markdown of a stranger as markup that may stand in the report.

Every piece goes through nh3 (an HTML5 parser and a list of what may stay, in Rust): text,
tables, lists and pictures stay; scripts, styles, forms, frames, ids, drawings and addresses
go. What comes back is balanced, so nothing can close an element of the report. Nothing here
trusts that the input is small: parsing can cost the square of its tags or attributes, and it
is what a source may ``cost`` that a page has to spend.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass

import nh3
from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.renderer import RendererHTML
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from markupsafe import Markup

from grader.shown.harmless import visible
from grader.shown.pictures import NotShown, picture

MAX_SOURCE = 8 << 20  # with its pictures
MAX_HTML = 256 << 10  # without them
MAX_TAGS = 10_000
MAX_MARKDOWN = 20_000
_MAX_TABLE = 20_000  # cells that the parser may have to fill in
_MAX_SPAN = 200

_TAGS = {
    *("p", "div", "span", "br", "hr", "pre", "code", "kbd", "samp", "var", "b", "strong", "i"),
    *("em", "u", "s", "del", "ins", "sub", "sup", "small", "mark", "q", "abbr", "blockquote"),
    *("ul", "ol", "li", "dl", "dt", "dd", "h1", "h2", "h3", "h4", "h5", "h6", "img"),
    *("table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td", "figure", "figcaption"),
    *("details", "summary"),
}
_WITH_CONTENT = {"script", "style", "title", "template", "textarea", "select", "svg", "math"}
_ATTRIBUTES = {
    "img": {"src", "alt"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
    "span": {"title"},
}
_CLASSES = {"table": {"dataframe"}, "samp": {"math"}, "span": {"link"}}
_LEVELS = {f"h{level}": {"aria-level": "3"} for level in range(1, 7)}
"""In the report's outline all of a student's headings stand beside those of the cells: where they
skip a level, the outline doesn't."""
_EMPTY_HEAD = re.compile(r"<th((?: [^<>]*+)?)></th>")

_BRACKETS = str.maketrans("<>", "⟨⟩")
# Pictures wait outside while the rest is parsed, each as a short address that leads to it.
_DATA_URI = re.compile(r"data:(image/[a-z]{3,5});base64,([A-Za-z0-9+/=]*+)")
_HELD = "data:image/png;held,"
# The parser opens these again after each block that ends before them, thousands of times if
# their attributes differ; of equal ones it opens three.
_FORMATTING = re.compile(
    r"<(a|b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)(?=[\s/])[^>]*+",
    re.IGNORECASE | re.ASCII,
)
_ELEMENT = re.compile(r"<[^>]*>")
_MATH = re.compile(r"\$\$[^$]+\$\$|\$(?![\s$])[^$\n]*[^\s$]\$(?!\d)")


class TooLarge(Exception):
    """What was to be shown is larger than a page should hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rich:
    """Markup that may stand in the page. ``lost`` counts pictures that can't be shown."""

    markup: Markup
    pictures: int
    lost: int

    @property
    def empty(self) -> bool:
        """Whether nothing is left to see."""
        return not self.pictures and not _ELEMENT.sub("", self.markup).strip()


def cost(source: str, *, markdown: bool = False) -> int:
    """What reading a source may cost at most, in tags; all of a page's have one purse."""
    if markdown:
        return len(source) // 2 + _table_cells(source)
    return source.count("<") + len(_DATA_URI.sub("", source[:MAX_SOURCE])) // 25


def from_html(source: str) -> Rich:
    """Return what of an HTML fragment may be shown.

    Raises:
        TooLarge: it has too many tags or characters.
    """
    return _cleaned(*_without_pictures(source))


def from_markdown(source: str) -> Rich:
    """Return Markdown as markup; the HTML in it goes the way of all HTML.

    Raises:
        TooLarge: it has too many characters, cells of a table or elements.
    """
    bare, pictures = _without_pictures(source)
    if len(bare) > MAX_MARKDOWN or _table_cells(bare) > _MAX_TABLE:
        raise TooLarge
    return _cleaned(_markdown().render(bare), pictures)


def _cleaned(source: str, pictures: _Pictures) -> Rich:
    if source.count("<") > MAX_TAGS or len(source) > MAX_HTML:
        raise TooLarge
    cleaned = nh3.clean(
        _FORMATTING.sub(r"<\1", visible(source)),
        tags=_TAGS,
        clean_content_tags=_WITH_CONTENT,
        attributes=_ATTRIBUTES,
        attribute_filter=pictures.attribute,
        set_tag_attribute_values=_LEVELS,
        allowed_classes=_CLASSES,
        url_schemes={"data"},
        link_rel=None,
    )
    cleaned = _EMPTY_HEAD.sub(r"<td\1></td>", cleaned)  # a corner of a table is no heading
    # Once more: entities (&#x202e;) become characters only in the parser.
    markup = Markup(visible(cleaned))  # noqa: S704  # nh3 wrote it; signs hold no markup
    lost = cleaned.count("<img") - pictures.shown
    return Rich(markup=markup, pictures=pictures.shown, lost=lost)


def _without_pictures(source: str) -> tuple[str, _Pictures]:
    """The source with a short address in place of each picture, and the pictures."""
    if len(source) > MAX_SOURCE:
        raise TooLarge
    pictures = _Pictures()
    return _DATA_URI.sub(pictures.hold, source), pictures


def _table_cells(source: str) -> int:
    """How many cells a table may come to have: each row is filled up to its head's width."""
    lines = source.split("\n")
    return max(line.count("|") for line in lines) * len(lines)


class _Pictures:
    """Lets pictures through that are in the page itself and are what they say."""

    def __init__(self) -> None:
        self._held: list[tuple[str, str]] = []
        self.shown = 0

    def hold(self, found: re.Match[str]) -> str:
        self._held.append((found[1], found[2]))
        return f"{_HELD}{len(self._held) - 1}"

    def attribute(self, _tag: str, name: str, value: str) -> str | None:
        if name == "src":
            return self._source(value)
        if name in ("colspan", "rowspan"):
            return value if value.isdecimal() and 0 < int(value[:6]) <= _MAX_SPAN else None
        # Without brackets in them, what stands between brackets is an element and nothing else.
        return value.translate(_BRACKETS)

    def _source(self, value: str) -> str | None:
        number = value.removeprefix(_HELD)
        if not value.startswith(_HELD) or not number.isdecimal():
            return None
        held = self._held[int(number[:9]) : int(number[:9]) + 1]
        try:
            source = next(picture(mime, data, "").src for mime, data in held)
        except (NotShown, StopIteration):
            return None
        self.shown += 1
        return source


# --- Markdown -----------------------------------------------------------------------------


@functools.cache
def _markdown() -> MarkdownIt:
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    parser.inline.ruler.before("escape", "math", _math)
    parser.add_render_rule("math", _show_math)
    parser.add_render_rule("link_open", _show_link)
    parser.add_render_rule("link_close", _end_link)
    return parser


def _math(state: StateInline, silent: bool) -> bool:  # noqa: FBT001  # the parser's own signature
    """Keep a formula as it was typed: its underscores and stars are no emphasis."""
    if state.src[state.pos] != "$":
        return False
    found = _MATH.match(state.src, state.pos)
    if not found:
        return False
    if not silent:
        state.push("math", "code", 0).content = found[0]
    state.pos = found.end()
    return True


def _show_math(
    _: RendererHTML, tokens: Sequence[Token], at: int, __: OptionsDict, ___: EnvType
) -> str:
    return f'<samp class="math">{escapeHtml(tokens[at].content)}</samp>'


def _show_link(
    _: RendererHTML, tokens: Sequence[Token], at: int, __: OptionsDict, ___: EnvType
) -> str:
    """Tell where a link leads instead of leading there."""
    address = escapeHtml(str(tokens[at].attrGet("href") or ""))
    return f'<span class="link" title="{address}">'


def _end_link(*_: object) -> str:
    return "</span>"
