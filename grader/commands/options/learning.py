"""Options of the commands that help on the way, and of those about the data."""

from __future__ import annotations

import argparse
from pathlib import Path

from grader.commands.options.shared import add_progress
from grader.commands.options.values import count, seconds, seed


def add_start(parser: argparse.ArgumentParser) -> None:
    """Those of ``grade start``."""
    parser.add_argument("id", metavar="ID", help="an exercise; `grade exercises` lists them")
    parser.add_argument("--to", metavar="DIR", type=Path, help="default: a new folder named ID")
    parser.add_argument("--notebook", action="store_true", help="as a Jupyter notebook")


def add_explain(parser: argparse.ArgumentParser) -> None:
    """Those of ``grade explain``."""
    parser.add_argument(
        "rule", metavar="RULE", nargs="?", help="as a finding names it; without one, all are listed"
    )


def add_diagnose(parser: argparse.ArgumentParser) -> None:
    """Those of ``grade diagnose``."""
    parser.usage = "grade diagnose SCRIPT [options] [-- ARGUMENTS of the script …]"
    parser.add_argument("script", metavar="SCRIPT", help="a .py or .ipynb file that trains")
    group = parser.add_argument_group("what comes out")
    group.add_argument(
        "--format",
        choices=("text", "json", "sarif"),
        default="text",
        help="text (default), json (grade.diagnosis/1), or sarif 2.1.0",
    )
    group.add_argument("--output", metavar="FILE", type=Path, help="default: standard output")
    group.add_argument("--report", metavar="FILE", type=Path, help="write an HTML report too")
    add_progress(group)
    group = parser.add_argument_group("how it is run")
    group.add_argument(
        "--read",
        metavar="DIR",
        type=Path,
        action="append",
        default=[],
        help="a folder that the script reads, such as its data; may be given again. Modules "
        "beside the script can be imported without it",
    )
    group.add_argument(
        "--steps", metavar="N", type=count, help="look at the first N updates of the training"
    )
    group.add_argument(
        "--timeout",
        metavar="S",
        type=seconds,
        help="look at the first S seconds of it (default: 120)",
    )
    group.add_argument(
        "--device", choices=("auto", "cpu", "cuda"), default="auto", help="auto is the CPU"
    )
    group.add_argument("--seed", metavar="N", type=seed, help="of everything random")
    group.add_argument(
        "--isolation",
        choices=("require", "best", "none"),
        default="best",
        help="how far the script is kept away from everything else (default: best)",
    )


def add_data(parser: argparse.ArgumentParser) -> None:
    """Those of ``grade data``."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    path = actions.add_parser("path", help="print the folder that holds a data set's files")
    path.add_argument("name", metavar="NAME", help="for example mnist")
    fetch = actions.add_parser("fetch", help="get a full data set: from a folder, or the network")
    fetch.add_argument("name", metavar="NAME", nargs="?", help="default: all that can be fetched")
    add_progress(fetch)
    actions.add_parser("list", help="list the data sets, their kind, size and place")
