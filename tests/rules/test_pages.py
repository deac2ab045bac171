"""The catalogue in ``docs/rules`` is what the rules say of themselves."""

from __future__ import annotations

import runpy
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_catalogue_is_made_from_the_rules() -> None:
    """``python scripts/rule_pages.py`` makes it; every rule has its page, and no other is there."""
    made = runpy.run_path(str(ROOT / "scripts" / "rule_pages.py"))["pages"]()
    folder = ROOT / "docs" / "rules"
    assert {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*")} == made
