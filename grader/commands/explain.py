"""``grade explain [RULE]``: the page of one rule, or the list of them."""

from __future__ import annotations

import argparse

from grader.commands import ExitCode, console
from grader.report.brief import shortened
from grader.rules import all_rules, rule_page


def run(arguments: argparse.Namespace) -> ExitCode:
    """Prints what the rule finds, why it matters, an example, and what to use instead."""
    page = _list() if arguments.rule is None else rule_page(arguments.rule).strip() + "\n"
    console.put(page)
    return ExitCode.PASSED


def _list() -> str:
    """Each rule in a line: its name, and the first sentence of its page."""
    rules = all_rules()
    wide = max(len(rule.name) for rule in rules)
    room = max(console.width() - wide - 2, 30)
    lines = [
        f"{rule.name:{wide}}  {shortened(rule.page.split(chr(10), 1)[0].rstrip('.'), room)}\n"
        for rule in rules
    ]
    return "".join([*lines, "\nOne page: grade explain RULE\n"])
