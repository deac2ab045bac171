"""Write the catalogue of rules, ``docs/rules/``, from the rules' own pages.

    python scripts/rule_pages.py

``tests/rules/test_pages.py`` holds the two together.
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from grader.rules import Rule, all_rules  # noqa: E402 - of this checkout

FOLDER = ROOT / "docs" / "rules"
HEAD = """# What is found

{count} rules look at what a training did: never at its text. Each has a page with an example before
and after, which `grade explain RULE` prints too. These pages are made from the rules in
`grader/rules` by `python scripts/rule_pages.py`.

| rule | what it finds |
| --- | --- |
"""


def pages() -> dict[str, str]:
    """Every file of the catalogue by its name."""
    rules = all_rules()
    rows = [f"| [{rule.name}]({rule.name}.md) | {_first_sentence(rule)} |\n" for rule in rules]
    index = HEAD.format(count=len(rules)) + "".join(rows)
    return {"README.md": index} | {f"{rule.name}.md": _page(rule) for rule in rules}


def _first_sentence(rule: Rule) -> str:
    return " ".join(rule.page.split("\n\n", 1)[0].split()).replace("``", "`").replace("|", "\\|")


def _page(rule: Rule) -> str:
    _, _, rest = rule.page.partition("\n\n")
    return f"# {rule.name}\n\n{_first_sentence(rule)}\n\n{rest.strip()}\n".replace("``", "`")


def main() -> None:
    """Write what is new, and remove the pages of rules that are gone."""
    FOLDER.mkdir(exist_ok=True)
    made = pages()
    for path in FOLDER.glob("*.md"):
        if path.name not in made:
            path.unlink()
    for name, text in made.items():
        (FOLDER / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
