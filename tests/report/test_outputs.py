"""How a cell's outputs are shown: which form, how much, and what is left out."""

from __future__ import annotations

import pytest

from grader.model import CellOutput
from grader.shown.outputs import Page, Remark, Room, Shot, Text, outputs
from ran_notebook import DRAWING, TABLE, png, shown, stream


def kinds(*given: CellOutput) -> list[str]:
    return [each.kind for each in outputs(given, Room())]


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        ({"text_html": TABLE, "text_plain": "epoch"}, "page"),
        ({"text_markdown": "*x*", "text_plain": "x"}, "page"),
        ({"image_png": png(), "image_svg": DRAWING, "text_plain": "x"}, "picture"),
        ({"image_png": png(), "text_latex": "$x$", "text_plain": "x"}, "picture"),
        ({"text_latex": "$x$", "text_plain": "x"}, "text"),
        ({"text_plain": "x"}, "text"),
    ],
)
def test_the_richest_form_is_shown(data: dict[str, str], kind: str) -> None:
    """As notebooks choose; a formula that came with its picture is shown as the picture."""
    assert kinds(shown(**data)) == [kind]


def test_a_form_that_cant_be_shown_gives_way_to_the_next() -> None:
    """And the reason is told: a broken picture, then the text that came with it."""
    remark, text = outputs([shown(image_png="broken!", text_plain="<Figure>")], Room())
    assert isinstance(remark, Remark)
    assert "its base64 can't be read" in remark.text
    assert isinstance(text, Text)
    assert text.head == "<Figure>"
    drawing = shown(image_svg="<svg><script/></svg>", image_png=png())
    assert kinds(drawing) == ["picture"]


def test_what_needs_a_script_is_told() -> None:
    """Interactive plots leave a sentence and their text."""
    plot = shown(text_html="<div id=p></div><script>draw()</script>", text_plain="Figure()")
    remark, text = outputs([plot], Room())
    assert isinstance(remark, Remark)
    assert remark.text == (
        "Not shown: its formatted form needs a script, and the report runs none."
    )
    assert isinstance(text, Text)
    data = {"application/javascript": "alert(1)"}
    assert kinds(CellOutput(kind="display_data", data=data)) == ["remark"]


def test_a_style_alone_is_no_output() -> None:
    """Notebooks set themselves wider so; there is nothing to see and nothing to say."""
    style = "<style>.container { width: 99% }</style>"
    assert kinds(shown(text_html=style, text_plain="<IPython.core.display.HTML object>")) == []


def test_a_widget_is_shown_as_its_text() -> None:
    """Its view is a script's business."""
    data = {"application/vnd.jupyter.widget-view+json": "{}", "text/plain": "100%|####| 10/10"}
    assert kinds(CellOutput(kind="display_data", data=data)) == ["text"]


def test_an_unknown_kind_is_named() -> None:
    """Rather than dropped in silence."""
    (remark,) = outputs([CellOutput(kind="display_data", data={"video/mp4": "AAAA"})], Room())
    assert isinstance(remark, Remark)
    assert "(video/mp4)" in remark.text


def test_streams_in_a_row_are_one() -> None:
    """However the pieces were cut; the two streams stay apart."""
    given = [stream("a"), stream("b\n"), stream("oh\n", "stderr"), stream("c\n")]
    texts = [each for each in outputs(given, Room()) if isinstance(each, Text)]
    assert [(text.head, text.stream) for text in texts] == [("ab", ""), ("oh", "stderr"), ("c", "")]


def test_a_progress_bar_ends_as_a_terminal_shows_it() -> None:
    """Carriage returns, backspaces and colours leave the last state."""
    given = [stream(" 10%\r 50%\r\x1b[32m100%\x1b[0m\nloss 1.0\b\b\b2.0\n\b\n")]
    (text,) = outputs(given, Room())
    assert isinstance(text, Text)
    assert text.head == "100%\nloss 2.0"


def test_a_long_text_is_folded_in_its_middle() -> None:
    """Its first and last lines are in sight, and every line is in the page."""
    lines = [f"line {n}" for n in range(500)]
    (text,) = outputs([stream("\n".join(lines))], Room())
    assert isinstance(text, Text)
    assert text.head.startswith("line 0\n")
    assert text.tail.endswith("line 499")
    assert f"{text.head}\n{text.folded}\n{text.tail}".split("\n") == lines
    assert text.lines == 500


@pytest.mark.parametrize("line", ["x" * 99 + "\n", "x", "\r50%", "\b", "\x1b["])
def test_fifty_megabytes_leave_their_two_ends(line: str) -> None:
    """Of lines, of one line, of a progress bar or of broken escapes; what is gone is said."""
    given = "first\n" + line * (50_000_000 // len(line)) + "\nlast"
    text, *remark = outputs([stream(given)], Room())
    assert isinstance(text, Text)
    assert text.head.startswith("first")
    assert (text.tail or text.head).endswith("last")
    assert len(text.head) + len(text.folded) + len(text.tail) < 70_000
    assert [each.kind for each in remark] == ["remark"]


def test_many_outputs_of_one_cell_are_counted() -> None:
    """A hundred are shown, the others named."""
    given = [shown(text_plain=str(n)) for n in range(150)]
    *_, remark = made = outputs(given, Room())
    assert len(made) == 101
    assert remark == Remark(text="50 more outputs of this cell are left out.")


def test_the_page_has_room_for_so_much() -> None:
    """A picture past the room is left out by name, and a smaller one still comes in."""
    room = Room(size=len(png(40, 40)) + 60)
    big, small = shown(image_png=png(40, 40)), shown(text_plain="small")
    first, remark, last = outputs([big, big, small], room)
    assert isinstance(first, Shot)
    assert isinstance(remark, Remark)
    assert "the report holds at most" in remark.text
    assert isinstance(last, Text)


def test_a_page_of_too_many_elements_is_left_out() -> None:
    """A table of fifty thousand cells would make a browser slow; its text is shown instead."""
    table = f"<table><tr>{'<td>1</td>' * 50_000}</tr></table>"
    remark, text = outputs([shown(text_html=table, text_plain="rows")], Room())
    assert isinstance(remark, Remark)
    assert "larger than a page can hold" in remark.text
    assert isinstance(text, Text)


def test_a_long_table_is_folded() -> None:
    """Unless it holds a picture, which is the point of it."""
    rows = "<tr><td>0.123456789</td></tr>" * 2_400
    (page,) = outputs([shown(text_html=f"<table>{rows}</table>")], Room())
    assert isinstance(page, Page)
    assert page.folded


def test_what_is_printed_has_a_budget_of_its_own() -> None:
    """A thousand cells that print leave a page of one mebibyte of text, and the rest is counted."""
    room = Room()
    printed = CellOutput(kind="stream", name="stdout", data={"text/plain": "x" * 50 + "\n"})
    large = CellOutput(kind="stream", name="stdout", data={"text/plain": ("y" * 99 + "\n") * 600})
    shown = [each for _ in range(30) for each in outputs([large], room)]
    kept = [each for each in shown if isinstance(each, Text)]
    size = sum(len(each.head) + len(each.folded) + len(each.tail) for each in kept)
    assert 500_000 < size <= 1 << 20
    assert any("Not shown: 600 lines" in each.text for each in shown if isinstance(each, Remark))
    assert isinstance(outputs([printed], room)[0], Text)
