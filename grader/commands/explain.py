"""``grade explain RULE``: the page of one rule."""

from __future__ import annotations

import argparse

from grader.commands import ExitCode, console
from grader.rules import rule_page


def run(arguments: argparse.Namespace) -> ExitCode:
    """Prints what the rule finds, why it matters, an example, and what to use instead."""
    console.put(rule_page(arguments.rule).strip() + "\n")
    return ExitCode.PASSED
