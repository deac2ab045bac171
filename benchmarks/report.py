"""How large and how accessible the HTML report is, for each state that it is designed for.

``make`` has no target for it: ``python benchmarks/report.py [--pictures FOLDER] [NAME ...]``. Needs
Debian's chromium and chromium-driver.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from selenium.common.exceptions import TimeoutException

import browser  # the tests' own, from the path above
from grader.report.html import render_html
from states import ALL

WIDTHS = (1280, 390)
SCHEMES = ("light", "dark")


def main() -> int:
    """Print a table, a row for each state."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", default=sorted(ALL), metavar="NAME")
    parser.add_argument("--pictures", type=Path, help="write a picture of each into this folder")
    options = parser.parse_args()
    print("| state | px at 1280 | px at 390 | pages | violations | KiB |")
    print("| --- | ---: | ---: | ---: | ---: | ---: |")
    with browser.opened() as window:
        for name in options.names:
            print(row(window, name, options.pictures), flush=True)
    return 0


def row(window: browser.Browser, name: str, pictures: Path | None) -> str:
    """Measure one state."""
    page = render_html(ALL[name]())
    heights, broken, pages = [], set(), 0
    for width in WIDTHS:
        window.scheme("light")
        window.open(page, width)
        heights.append(window.height())
        pages = pages or window.pages()
        for scheme in SCHEMES:
            window.scheme(scheme)
            if pictures:
                window.picture(pictures / f"{name}-{width}-{scheme}.png")
        window.unfold()
        for scheme in SCHEMES:
            window.scheme(scheme)
            broken |= violations(window)
    size = len(page.encode()) / 1024
    wide, narrow = (f"{height:,}" for height in heights)
    found = ", ".join(sorted(broken)) or "0"
    return f"| {name} | {wide} | {narrow} | {pages} | {found} | {size:,.0f} |"


def violations(window: browser.Browser) -> set[str]:
    """The rules that are broken; a page too large for axe is one more."""
    try:
        return {rule for rule, _ in window.violations()}
    except TimeoutException:
        return {"too large to tell"}


if __name__ == "__main__":
    sys.exit(main())
