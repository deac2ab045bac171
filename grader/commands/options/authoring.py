"""Options of the commands for those who write exercises, and give them out."""

from __future__ import annotations

import argparse
from pathlib import Path

from grader.commands.options.shared import add_json, add_progress
from grader.commands.options.values import count, count_or_none, folder, platform_names, seed


def add_verify(parser: argparse.ArgumentParser) -> None:
    """Those of ``grade verify``."""
    parser.add_argument("ids", metavar="ID", nargs="*", help="default: every exercise")
    parser.add_argument("--jobs", metavar="N", type=count, default=1, help="default: 1")
    parser.add_argument(
        "--mutants",
        metavar="N",
        type=count_or_none,
        default=0,
        help="make N small changes of each reference and list those that no check notices",
    )
    parser.add_argument("--seed", metavar="N", type=seed, help="chooses the mutants")
    add_json(parser)
    add_progress(parser)


def add_new(parser: argparse.ArgumentParser) -> None:
    """Those of ``grade new``."""
    parser.add_argument("id", metavar="ID", help="lower-case letters, digits and underscores")
    parser.add_argument(
        "--to",
        metavar="DIR",
        type=Path,
        help="a bank of your own; default: the first of GRADE_BANK",
    )
    parser.add_argument(
        "--from",
        dest="notebook",
        metavar="NOTEBOOK",
        type=Path,
        help="made of a notebook with solutions and tests: nbgrader's, otter's, or plain marks",
    )


def add_package(parser: argparse.ArgumentParser) -> None:
    """Those of ``grade package``."""
    parser.add_argument("ids", metavar="ID", nargs="+", help="an exercise")
    parser.add_argument(
        "--platform",
        metavar="NAME",
        required=True,
        help=", ".join(platform_names()),
    )
    parser.add_argument(
        "--output",
        metavar="F",
        type=Path,
        required=True,
        help="the package, or a folder for several",
    )
    parser.add_argument(
        "--image", metavar="NAME", default="", help="the image it runs in, named by its digest"
    )
    parser.add_argument(
        "--wheels", metavar="DIR", type=folder, help="a folder of wheels that goes into it"
    )
    parser.add_argument(
        "--course", metavar="FILE", type=Path, help="what the course decides, put into the package"
    )
    parser.add_argument(
        "--limit", metavar="S", type=count, help="the platform's time limit, in seconds"
    )
    parser.add_argument(
        "--accept-less",
        action="store_true",
        help="also where the platform can't give the isolation that the exercise demands",
    )
