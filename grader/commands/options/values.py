"""The values of options: what was typed, or ``argparse.ArgumentTypeError`` with what is wrong."""

from __future__ import annotations

import argparse
import math
from pathlib import Path

from grader.errors import UnknownName
from grader.export.formats import names as format_names
from grader.found import names_in

MAX_SEED = 2**32 - 1  # numpy's


def formats() -> tuple[str, ...]:
    """The formats of results that there are."""
    return ("text", "json", *format_names())


def platform_names() -> tuple[str, ...]:
    """The platforms that there are packages for."""
    return names_in([str(Path(__file__).parents[2] / "package" / "platforms")])


def folder(text: str) -> Path:
    """A folder that is there."""
    if not Path(text).is_dir():
        raise argparse.ArgumentTypeError(f"{text} is no folder")
    return Path(text)


def format_name(text: str) -> str:
    """The name of a format."""
    if text not in formats():
        raise argparse.ArgumentTypeError(str(UnknownName("format", text, formats())))
    return text


def seed(text: str) -> int:
    """A seed that every generator of random numbers takes."""
    value = _whole(text)
    if not 0 <= value <= MAX_SEED:
        raise argparse.ArgumentTypeError(f"expected a whole number from 0 to {MAX_SEED}")
    return value


def count(text: str) -> int:
    """A whole number from 1 on."""
    value = _whole(text)
    if value < 1:
        raise argparse.ArgumentTypeError("expected a whole number, 1 or more")
    return value


def count_or_none(text: str) -> int:
    """A whole number from 0 on."""
    value = _whole(text)
    if value < 0:
        raise argparse.ArgumentTypeError("expected a whole number, 0 or more")
    return value


def _whole(text: str) -> int:
    if not text.lstrip("-").isdecimal():
        raise argparse.ArgumentTypeError(f"expected a whole number; found {text!r}")
    return int(text)


def points(text: str) -> float:
    """Points of a check; which ones it can have, its rubric says."""
    try:
        return float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"expected a number of points; found {text!r}") from None


def seconds(text: str) -> float:
    """Seconds above 0."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not (math.isfinite(value) and value > 0):
        raise argparse.ArgumentTypeError(f"expected seconds above 0; found {text!r}")
    return value
