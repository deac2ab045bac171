"""What of a stranger's HTML and Markdown may stand in the report."""

from __future__ import annotations

import contextlib
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings

from grader.shown.rich import TooLarge, from_html, from_markdown
from poison import PAGES, hostile_page
from ran_notebook import TABLE, png

TAGS = {
    *("p", "div", "span", "br", "hr", "pre", "code", "kbd", "samp", "var", "b", "strong", "i"),
    *("em", "u", "s", "del", "ins", "sub", "sup", "small", "mark", "q", "abbr", "blockquote"),
    *("ul", "ol", "li", "dl", "dt", "dd", "h1", "h2", "h3", "h4", "h5", "h6", "img"),
    *("table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td", "figure", "figcaption"),
    *("details", "summary"),
}
ATTRIBUTES = {"src", "alt", "title", "class", "colspan", "rowspan", "aria-level"}
CLASSES = {"dataframe", "math", "link", "", None}


@dataclass
class Piece(HTMLParser):
    """A strict reading of a cleaned piece: it must be balanced and hold known elements only."""

    open: list[str] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, markup: str) -> Piece:
        """Read it to its end."""
        piece = cls()
        HTMLParser.__init__(piece, convert_charrefs=True)
        piece.feed(markup)
        piece.close()
        assert not piece.open
        return piece

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take a known element with known attributes."""
        given = dict(attrs)
        assert tag in TAGS
        assert set(given) <= ATTRIBUTES
        assert set((given.get("class") or "").split()) <= CLASSES
        self.sources += [given["src"] or ""] if "src" in given else []
        if tag not in {"br", "hr", "img"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Close the innermost open element."""
        assert self.open.pop() == tag

    def handle_comment(self, data: str) -> None:
        """Refuse comments."""
        raise AssertionError(data)

    def unknown_decl(self, data: str) -> None:
        """Refuse CDATA and the like."""
        raise AssertionError(data)


def check(markup: str) -> None:
    piece = Piece.of(markup)
    assert all(source.startswith("data:image/png;base64,") for source in piece.sources)
    assert not re.search(r"[\u202a-\u202e\u2066-\u2069\x00\ud800-\udfff]", markup)


@pytest.mark.parametrize("bad", PAGES)
def test_known_attacks_leave_harmless_pieces(bad: str) -> None:
    """In HTML and in Markdown: known elements, no handler, no address, all balanced."""
    check(from_html(bad).markup)
    check(from_markdown(bad).markup)


@settings(max_examples=150, deadline=None)
@given(bad=hostile_page)
def test_whatever_is_written_the_piece_is_harmless(bad: str) -> None:
    """Fragments in any order and any text between them; what is too large is not shown at all."""
    for read in (from_html, from_markdown):
        with contextlib.suppress(TooLarge):
            check(read(bad).markup)


@settings(max_examples=100, deadline=None)
@given(bad=hostile_page)
def test_a_second_reading_finds_the_same(bad: str) -> None:
    """What a browser builds from the piece is what was judged: cleaning again changes nothing."""
    with contextlib.suppress(TooLarge):
        once = from_html(bad).markup
        assert from_html(str(once)).markup == once


def test_a_table_of_pandas_keeps_its_shape() -> None:
    """The table, its class and its cells; neither its style element nor its attributes."""
    markup = from_html(TABLE).markup
    assert '<table class="dataframe">' in markup
    assert "<td>0.6931</td>" in markup
    assert "style" not in markup
    assert "border" not in markup


def test_a_picture_within_the_page_stays() -> None:
    """Base64 of a real picture; broken ones, drawings and addresses are counted as lost."""
    made = from_html(
        f'<img src="data:image/png;base64,{png()}" alt="a > b">'
        '<img src="data:image/png;base64,AAAA"><img src="plot.png"><img src="https://x.example/p">'
        '<img src="data:image/svg+xml;base64,PHN2Zy8+"><img>'
    )
    assert made.markup.count("src=") == made.pictures == 1
    assert made.lost == 5
    assert 'alt="a ⟩ b"' in made.markup


def test_markdown_reads_as_notebooks_show_it() -> None:
    """Headings below those of the page, tables, code, emphasis; a link tells where it leads."""
    markup = from_markdown(
        "# Title\n\n*a* [b](https://x.example/?a=1&b=2) `<c>`\n\n|d|\n|-|\n|e|"
    ).markup
    assert '<h1 aria-level="3">Title</h1>' in markup
    assert "<em>a</em>" in markup
    assert '<span class="link" title="https://x.example/?a=1&amp;b=2">b</span>' in markup
    assert "<code>&lt;c&gt;</code>" in markup
    assert "<td>e</td>" in markup
    assert "href" not in markup


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("$a_1^*b_2*$", '<samp class="math">$a_1^*b_2*$</samp>'),
        ("$$\nW_{ij} * x_*\n$$", '<samp class="math">$$\nW_{ij} * x_*\n$$</samp>'),
        ("it costs $5 and $6", "it costs $5 and $6"),
        (r"\$5 and *x*$", "$5 and <em>x</em>$"),
    ],
)
def test_formulas_stay_as_typed(typed: str, kept: str) -> None:
    """Stars and underscores between dollars are no emphasis; prices are no formulas."""
    assert kept in from_markdown(typed).markup


@pytest.mark.parametrize(
    "bomb",
    [
        "<div>" * 1_000_000,
        "<table><tr><td>" * 100_000,
        "<p " + "".join(f"a{n} " for n in range(99_999)),
    ],
    ids=["divs", "tables", "attributes"],
)
def test_what_would_take_long_is_refused(bomb: str) -> None:
    """Parsing can take the square of the tags or attributes, so these are counted before."""
    with pytest.raises(TooLarge):
        from_html(bomb)


@pytest.mark.parametrize("tag", ["b", "B", "font", "a", "code", "nobr"])
@pytest.mark.parametrize("between", [" a={}", "/a={}", "\na={}", " a='>' b={}", "\x0ca={}"])
def test_elements_that_open_themselves_again_stay_few(tag: str, between: str) -> None:
    """A parser copies open formatting into each new block: millions, were they all different."""
    many = "".join(f"<{tag}{between.format(n)}>" for n in range(4_000))
    assert len(from_html(f"<p>{many}{'<p>x' * 4_000}").markup) < 1_000_000


@pytest.mark.parametrize(
    "bomb",
    ["[" * 1_000_000, "|" + "a|" * 500 + "\n|" + "-|" * 500 + "\n" + "|\n" * 5_000],
    ids=["brackets", "table"],
)
def test_markdown_that_would_take_long_is_refused(bomb: str) -> None:
    """A table of few characters can stand for millions of cells."""
    with pytest.raises(TooLarge):
        from_markdown(bomb)


@pytest.mark.parametrize("nested", ["<div>", "<blockquote>", "<b><p>", "<details><summary>"])
def test_deep_nesting_within_the_bound_is_no_harm(nested: str) -> None:
    """Thousands of open elements are closed again, without running out of stack."""
    check(from_html(nested * 4_000).markup)


@pytest.mark.parametrize(
    "source", ["", "  ", "<script>x()</script>", "<style>p{}</style><div></div>"]
)
def test_what_shows_nothing_is_empty(source: str) -> None:
    """So that another form of the output can be shown instead."""
    assert from_html(source).empty
    assert not from_html("<p>x</p>").empty
    assert not from_html(f'<img src="data:image/png;base64,{png()}">').empty
