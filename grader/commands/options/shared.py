"""Options that several commands have."""

from __future__ import annotations

import argparse
from pathlib import Path

from grader.commands.options.values import count_or_none, format_name, formats, seconds, seed


def add_outputs(parser: argparse.ArgumentParser) -> argparse._ArgumentGroup:
    """What comes out; returns the group, to which a command adds its own."""
    group = parser.add_argument_group("what comes out")
    group.add_argument(
        "--format",
        metavar="NAME",
        type=format_name,
        default="text",
        help=f"{', '.join(formats())}; default: text",
    )
    group.add_argument("--output", metavar="FILE", type=Path, help="default: standard output")
    group.add_argument("--report", metavar="FILE", type=Path, help="write the HTML report too")
    group.add_argument(
        "--hints",
        metavar="N",
        type=count_or_none,
        default=0,
        help="tell N levels of hints in the text",
    )
    told = group.add_mutually_exclusive_group()
    told.add_argument("--check", metavar="ID", help="tell this check alone, with all its findings")
    told.add_argument("--full", action="store_true", help="tell everything, and how it ran")
    group.add_argument(
        "--exit-zero", action="store_true", help="exit 0 whenever a result was written"
    )
    return group


def add_running(parser: argparse.ArgumentParser) -> None:
    """How a submission is run, and with which checks."""
    group = parser.add_argument_group("how it is run")
    group.add_argument(
        "--device",
        choices=("auto", "cpu", "cuda"),
        default="auto",
        help="auto (default) is the CPU on every machine; cuda: one GPU, which no other grading "
        "uses meanwhile",
    )
    group.add_argument("--seed", metavar="N", type=seed, help="of everything random")
    group.add_argument(
        "--timeout", metavar="S", type=seconds, help="wall seconds, over the exercise's own limit"
    )
    group.add_argument(
        "--isolation",
        choices=("require", "best", "none"),
        default="best",
        help="require: refuse with less than full isolation; best (default): use what there is "
        "and say what is missing; none: for your own code on your own machine",
    )
    which = group.add_mutually_exclusive_group()
    which.add_argument(
        "--public-only", action="store_true", help="leave out checks that are not public"
    )
    which.add_argument(
        "--hidden", dest="public_only", action="store_false", help="all checks (default)"
    )


def add_progress(parser: argparse._ActionsContainer) -> None:
    """Silence on standard error."""
    parser.add_argument(
        "--no-progress", dest="progress", action="store_false", help="no progress on stderr"
    )


def add_json(parser: argparse.ArgumentParser) -> None:
    """Output for other programs."""
    parser.add_argument("--json", action="store_true", help="for other programs")
