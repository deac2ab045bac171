"""Which pictures of a notebook are shown, and what is said of the others."""

from __future__ import annotations

import base64
import contextlib
import io
import struct

import matplotlib as mpl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure

from grader.shown import drawing
from grader.shown.pictures import MAX_BYTES, MAX_DRAWING, SVG, NotShown, picture
from grader.shown.raster import TYPES
from ran_notebook import DRAWING, png


def encoded(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


JPEG = (
    b"\xff\xd8\xff\xe0\x00\x04ab\xff\xff\xc0\x00\x11\x08"
    + struct.pack(">HH", 20, 30)
    + b"\3\0\0\0\xff\xd9"
)
GIF = b"GIF89a" + struct.pack("<HH", 30, 20) + bytes(10)


def webp(form: bytes, body: bytes) -> bytes:
    return b"RIFF" + bytes(4) + b"WEBP" + form + bytes(4) + body.ljust(20, b"\0")


EXTENDED = webp(b"VP8X", bytes(4) + (29).to_bytes(3, "little") + (19).to_bytes(3, "little"))
LOSSLESS = webp(b"VP8L", b"\x2f" + (29 | 19 << 14).to_bytes(4, "little"))
LOSSY = webp(b"VP8 ", bytes(3) + b"\x9d\x01\x2a" + struct.pack("<HH", 30, 20))


@pytest.mark.parametrize(
    ("mime", "raw"),
    [
        ("image/png", base64.b64decode(png(30, 20))),
        ("image/jpeg", JPEG),
        ("image/gif", GIF),
        ("image/webp", EXTENDED),
        ("image/webp", LOSSLESS),
        ("image/webp", LOSSY),
    ],
)
def test_a_pictures_size_is_read_from_its_header(mime: str, raw: bytes) -> None:
    """Each format states it in a way of its own; the page holds exactly these bytes."""
    seen = picture(mime, encoded(raw), "a plot")
    assert (seen.width, seen.height, seen.alt) == (30, 20, "a plot")
    assert seen.src == f"data:{mime};base64,{encoded(raw)}"


@pytest.mark.parametrize("form", ["png", "jpeg", "webp", "gif"])
def test_what_other_programs_write_is_read(form: str) -> None:
    """Files as Pillow saves them."""
    from PIL import Image

    file = io.BytesIO()
    Image.new("RGB", (37, 23), "red").save(file, form)
    seen = picture(f"image/{form}", encoded(file.getvalue()), "")
    assert (seen.width, seen.height) == (37, 23)


@pytest.mark.parametrize(
    ("mime", "data", "reason"),
    [
        ("image/png", "not base64!", "its base64 can't be read"),
        ("image/png", "AAA", "its base64 can't be read"),
        ("image/png", "é", "its base64 can't be read"),
        ("image/png", "", "not PNG"),
        ("image/png", encoded(b"<script>alert(1)</script>"), "not PNG"),
        ("image/png", encoded(JPEG), "not PNG"),
        ("image/jpeg", encoded(b"\xff\xd8\xff\xe0\x00\x00" * 3), "not JPEG"),
        ("image/webp", encoded(webp(b"ABCD", b"")), "not WEBP"),
        ("image/png", png(60_000, 60_000), "60,000 × 60,000 pixels"),
        ("image/png", png(0, 5), "0 × 5 pixels"),
        ("image/png", "A" * (MAX_BYTES * 2), "a picture of about 6 MiB"),
        ("image/png", encoded(bytes(MAX_BYTES + 1)), "a picture of 4 MiB"),
        ("image/tiff", "AAAA", "the type image/tiff"),
    ],
)
def test_what_is_no_picture_is_told(mime: str, data: str, reason: str) -> None:
    """Broken, mislabelled and enormous ones, each with its reason."""
    with pytest.raises(NotShown, match=reason):
        picture(mime, data, "")


@given(st.sampled_from([*TYPES, SVG]), st.binary(max_size=80), st.sampled_from([b"", JPEG, LOSSY]))
def test_any_bytes_are_a_picture_or_refused(mime: str, raw: bytes, head: bytes) -> None:
    """No header, however broken, raises anything else."""
    cut = head[: len(raw)] + raw
    for data in (encoded(cut), cut.decode("latin-1")):
        with contextlib.suppress(NotShown):
            assert picture(mime, data, "").src.startswith(f"data:{mime};base64,")


# --- drawings -----------------------------------------------------------------------------


def test_a_plot_drawn_as_svg_is_shown() -> None:
    """Of matplotlib, with its document type, references and styles, and a picture in it."""
    mpl.use("Agg")
    figure = Figure(figsize=(2, 1))
    left, right = figure.subplots(1, 2)
    left.plot([1, 2, 3])
    right.imshow([[1, 2], [3, 4]])
    file = io.StringIO()
    figure.savefig(file, format="svg")
    assert drawing.problem(file.getvalue().encode()) == ""
    assert "<image" in file.getvalue()
    assert picture(SVG, DRAWING, "").src.startswith("data:image/svg+xml;base64,")


HEAD = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">'
DOUBLING = "".join(
    f'<g id="a{n}"><use href="#a{n + 1}"/><use xlink:href="#a{n + 1}"/></g>' for n in range(30)
)


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        (f"{HEAD}<script>alert(1)</script></svg>", "holds a script"),
        (f"{HEAD}<foreignObject><p>x</p></foreignObject></svg>", "holds a page"),
        (f"{HEAD}<image href='https://x.example/p.png'/></svg>", "holds a picture that can't"),
        (f"{HEAD}<image href='data:image/png;base64,{png(9**5, 9**5)}'/></svg>", "that can't"),
        (f"{HEAD}<image href='data:image/svg+xml;base64,AAAA'/></svg>", "that can't"),
        (f"{HEAD}<image/></svg>", "that can't"),
        (f"{HEAD}<filter id='f'/></svg>", "holds a filter"),
        (f"{HEAD}<g><animateTransform/></g></svg>", "is animated"),
        ("<!DOCTYPE svg [<!ENTITY a 'b'>]><svg>&a;</svg>", "declares entities"),
        (f"{HEAD}{DOUBLING}<g id='a30'/></svg>", "draws more parts"),
        (f"{HEAD}<g id='a'><use href='#b'/></g><g id='b'><use href='#a'/></g></svg>", "to itself"),
        (f"{HEAD}{'<g>' * 100}{'</g>' * 100}</svg>", "more parts"),
        (f"{HEAD}{'<g/>' * 60_000}</svg>", "more parts"),
        (f"{HEAD}<p>", "not well-formed"),
        ("<html/>", "is not SVG"),
        ("", "not well-formed"),
        (" " * (MAX_DRAWING + 1), "1 MiB"),
    ],
)
def test_a_drawing_that_does_more_than_draw_is_refused(source: str, reason: str) -> None:
    """Scripts and pages, what moves, and what multiplies."""
    with pytest.raises(NotShown, match=reason):
        picture(SVG, source, "")
