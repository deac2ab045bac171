"""Draw what a learning platform shows a student of a result, for docs/lms.md.

    python scripts/student_view.py RESULTS.json PICTURE.png

RESULTS.json is what ``--format gradescope`` or ``--format prairielearn`` wrote. It is a rendering:
the texts, their order and what is hidden are the result's own; colours, type and layout are ours.
Needs Debian's chromium.
"""

from __future__ import annotations

import html
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

STYLE = """
body { margin: 0; padding: 24px; width: 912px; font: 15px/1.45 sans-serif }
h1 { font-size: 19px; margin: 0 0 10px }
h2 { font-size: 15px; margin: 0 }
section { border: 1px solid #c9c9c9; border-left: 6px solid #b3261e; margin: 0 0 12px;
  padding: 8px 12px }
section.passed { border-left-color: #1b7a3d }
pre { font: 12.5px/1.4 monospace; white-space: pre-wrap; margin: 8px 0 0; padding: 8px;
  background: #f4f4f4 }
"""
HEIGHT = 1150


def main() -> int:
    """Draw one picture. Returns what chromium ended with."""
    results = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder, "view.html")
        page.write_text(drawn(results), encoding="utf-8")
        words = ["--headless", "--no-sandbox", "--hide-scrollbars", f"--window-size=960,{HEIGHT}"]
        picture = f"--screenshot={Path(sys.argv[2]).resolve()}"
        ran = subprocess.run([_chromium(), *words, picture, page.as_uri()], check=False)
    return ran.returncode


def _chromium() -> str:
    found = shutil.which("chromium")
    if found is None:
        sys.exit("There is no chromium here: apt-get install chromium")
    return found


def drawn(results: dict[str, Any]) -> str:
    """The page. Gradescope's score counts points, PrairieLearn's is a share."""
    tests = [test for test in results["tests"] if test.get("visibility", "visible") == "visible"]
    best = sum(test.get("max_score", test.get("max_points", 0)) for test in tests)
    score = results["score"] if "output_format" in results else results["score"] * best
    parts = "".join(map(_test, tests))
    return (
        f"<!doctype html><meta charset=utf-8><style>{STYLE}</style>"
        f"<h1>Total {score:g} / {best:g}</h1>{parts}"
    )


def _test(test: dict[str, Any]) -> str:
    points = test.get("score", test.get("points", 0))
    best = test.get("max_score", test.get("max_points", 0))
    said = test.get("output") or test.get("message") or ""
    kind = "passed" if points >= best else "failed"
    text = f"<pre>{html.escape(said)}</pre>" if said.strip() else ""
    return (
        f'<section class="{kind}"><h2>{html.escape(test["name"])} ({points:g} / {best:g})</h2>'
        f"{text}</section>"
    )


if __name__ == "__main__":
    sys.exit(main())
