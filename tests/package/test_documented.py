"""The tables of docs/lms.md say what `grade package` does."""

from __future__ import annotations

import re
from pathlib import Path

from grader import bank
from grader.package import platforms
from grader.package.run import START_S

PAGE = (Path(__file__).parents[2] / "docs/lms.md").read_text()


def test_each_platform_has_its_limit() -> None:
    """The most seconds of each platform stand in its row."""
    rows = dict(re.findall(r"^\| `(\w+)` \|[^|]*\| ([\d,]*) *\|", PAGE, re.MULTILINE))
    assert set(rows) == set(platforms.names())
    for name, said in rows.items():
        platform = platforms.find(name).PLATFORM
        assert said.replace(",", "") == (str(platform.most_s) if platform.format else "")


def test_each_exercise_has_its_default_limit() -> None:
    """Its own time and a minute for the start."""
    start = PAGE.index("| exercises | default limit")
    table = PAGE[start : PAGE.index("\n\n", start)]
    named = {
        name: int(seconds)
        for names, seconds in re.findall(r"^\| (`.*`) \| (\d+) \|", table, re.MULTILINE)
        for name in re.findall(r"`(\w+)`", names)
    }
    (others,) = re.findall(r"^\| all others \| (\d+) \|", table, re.MULTILINE)
    for name in bank.all_ids():
        limit = bank.load(name).limits.wall_s + START_S
        assert limit == named.get(name, int(others)), name
