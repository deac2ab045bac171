"""Options of the commands for a class."""

from __future__ import annotations

import argparse
from pathlib import Path

from grader.commands.options.shared import add_progress, add_running
from grader.commands.options.values import count, points


def add_bulk(parser: argparse.ArgumentParser) -> None:
    """Those of ``grade bulk``."""
    parser.add_argument("folder", metavar="FOLDER", help="of submissions, or an LMS's zip of them")
    parser.add_argument("--exercise", metavar="ID", help="else grade.yaml in the folder names it")
    parser.add_argument(
        "--output",
        metavar="DIR",
        type=Path,
        default=Path("results"),
        help="where the results go, and where they are looked for to go on (default: results)",
    )
    group = parser.add_argument_group("what is graded")
    group.add_argument(
        "--pick", metavar="NAME", help="which of a student's files, where there are several"
    )
    group.add_argument(
        "--only",
        choices=("latest", "best"),
        default="latest",
        help="of repeated hand-ins the latest counts (default), or the best",
    )
    group.add_argument(
        "--roster", metavar="FILE.csv", type=Path, help="who is in the class, as an LMS exports it"
    )
    group.add_argument(
        "--course",
        metavar="FILE",
        type=Path,
        help="points, thresholds, visibility and limits of your own (default: course.yaml in the "
        "folder)",
    )
    group.add_argument(
        "--similar",
        action="store_true",
        help="name submissions that are alike, for a person to look at; never a mark",
    )
    again = group.add_mutually_exclusive_group()
    again.add_argument(
        "--resume",
        dest="fresh",
        action="store_false",
        default=False,
        help="keep what is graded already (default)",
    )
    again.add_argument("--fresh", action="store_true", help="grade everything anew")
    add_running(parser)
    parser.add_argument(
        "--jobs", metavar="N", type=count, help="gradings at a time (default: the cores)"
    )
    parser.add_argument(
        "--scheduler",
        metavar="URL",
        default="",
        help="of a Dask cluster, whose workers grade: tcp://HOST:8786",
    )
    parser.add_argument("--gpu-slots", metavar="N", type=count, help="gradings at a time on a GPU")
    add_progress(parser)


def add_regrade(parser: argparse.ArgumentParser) -> None:
    """Those of ``grade regrade``."""
    parser.add_argument("results", metavar="RESULTS", help="the output folder of grade bulk")
    parser.add_argument(
        "--course",
        metavar="FILE",
        type=Path,
        help="the course's file from now on (default: the one that the class was graded with)",
    )
    parser.add_argument(
        "--run",
        action="store_true",
        help="grade those again whose checks need the submission itself, where it still is",
    )
    parser.add_argument(
        "--similar",
        action="store_true",
        help="name submissions that are alike, from what was stored",
    )
    add_progress(parser)


def add_override(parser: argparse.ArgumentParser) -> None:
    """Those of ``grade override``."""
    parser.add_argument("results", metavar="RESULTS", help="the output folder of grade bulk")
    parser.add_argument(
        "student", metavar="STUDENT", help="a name, an id, an address, or a report's name"
    )
    parser.add_argument("check", metavar="CHECK", help="the id of a check")
    parser.add_argument("points", metavar="POINTS", type=points, help="from 0 to the check's own")
    parser.add_argument("--why", metavar="TEXT", required=True, help="what the student reads")
    parser.add_argument("--by", metavar="NAME", default="", help="who set it")
