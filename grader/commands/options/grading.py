"""Options of the commands that grade one submission."""

from __future__ import annotations

import argparse
from pathlib import Path

from grader import __version__
from grader.commands.options.shared import add_outputs, add_progress, add_running
from grader.commands.options.values import count_or_none


def add_grade(parser: argparse.ArgumentParser) -> None:
    """Those of a grading, which has no word of its own."""
    parser.add_argument("--version", action="version", version=f"grade {__version__}")
    parser.add_argument("submission", metavar="SUBMISSION", help="a .py or .ipynb file")
    parser.add_argument(
        "--exercise", metavar="ID", help="else grade.yaml beside it or its own name"
    )
    group = add_outputs(parser)
    group.add_argument(
        "--keep",
        metavar="FILE",
        type=Path,
        help="keep all that the verdict was made from, for `grade judge`",
    )
    group.add_argument(
        "--handin",
        metavar="FILE",
        type=Path,
        help="what the platform says of the hand-in: Gradescope's submission_metadata.json, say",
    )
    group.add_argument(
        "--course",
        metavar="FILE",
        type=Path,
        help="points, thresholds, visibility, limits and due date of a course (course.yaml)",
    )
    add_progress(group)
    add_running(parser)


def add_judge(parser: argparse.ArgumentParser) -> None:
    """Those of ``grade judge``."""
    parser.add_argument("observation", metavar="OBSERVATION", help="what --keep has written")
    parser.add_argument(
        "--exercise", metavar="ID", help="default: the one that it names, as it is today"
    )
    add_progress(add_outputs(parser))


def add_watch(parser: argparse.ArgumentParser) -> None:
    """Those of ``grade watch``."""
    parser.add_argument("submission", metavar="SUBMISSION", help="a .py or .ipynb file")
    parser.add_argument(
        "--exercise", metavar="ID", help="else grade.yaml beside it or its own name"
    )
    parser.add_argument(
        "--hints", metavar="N", type=count_or_none, default=0, help="tell N levels of hints"
    )
    add_running(parser)
    add_progress(parser)
