"""Every program of the conformance suite, at every level that this machine can give."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Any

import pytest

from grader.runner.wall.programs import programs

Run = Callable[[str, str], dict[str, Any]]
PROGRAMS = {program.name: program for program in programs()}
LEVELS = ("root", "container", "user", "user-bare")
# Importing torch and training take seconds, so these programs run at two levels only.
LEVELS_WITH_TORCH = ("root", "container") if os.geteuid() == 0 else ("user", "user-bare")
WALLED = [
    (level, name)
    for level in LEVELS
    for name, program in PROGRAMS.items()
    if level in LEVELS_WITH_TORCH or not program.needs
]
NO_WALL_NEEDED = [
    name for name, program in PROGRAMS.items() if not program.needs
    and (program.aim in {"crash", "honest"} or name.startswith(("exhaust/time", "exhaust/output")))
    and name != "crash/32_bit_call"
]  # fmt: skip
HARMLESS_BUT_EFFECTIVE = (
    "read/secret_by_path", "read/secret_by_link", "read/secret_folder", "read/grader_memory",
    "change/write_outside", "change/truncate_outside", "change/mode_and_owner_outside",
    "change/rename_across", "change/shared_memory", "escape/fork", "escape/run_a_program",
    "escape/network", "escape/unix_sockets", "escape/signal_the_grader",
    "exhaust/memory_memfd", "exhaust/memory_system_v", "exhaust/processes",
)  # fmt: skip
pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the wall is Linux's")


@pytest.mark.parametrize(("level", "name"), WALLED)
def test_a_program_ends_as_its_header_says_and_touches_nothing(
    run_at: Run, level: str, name: str
) -> None:
    """No secret is read, nothing outside changed or reached, no process left, at any level."""
    answer = run_at(level, name)
    assert answer["got"] == []
    assert answer["as_expected"], (answer["ending"], PROGRAMS[name].endings, answer["stderr"])
    assert answer["isolation"]["level"] != "none"


@pytest.mark.parametrize("name", NO_WALL_NEEDED)
def test_without_a_wall_crashes_and_limits_are_still_contained(run_at: Run, name: str) -> None:
    """With ``--isolation none`` programs that break or never end get the same outcome."""
    answer = run_at("none", name)
    assert answer["as_expected"], (answer["ending"], PROGRAMS[name].endings, answer["stderr"])
    assert answer["isolation"]["level"] == "none"


@pytest.mark.parametrize("name", HARMLESS_BUT_EFFECTIVE)
def test_the_suite_notices_an_attack_that_succeeds(run_at: Run, name: str) -> None:
    """Without a wall the attacks get through, so their failure behind one means something."""
    assert run_at("none", name)["got"]


@pytest.mark.parametrize(("level", "expected"), [
    ("root", "full"), ("container", "full"), ("container-closed", "partial"),
    ("container-no-landlock", "partial"), ("root-no-pivot", "full"), ("root-old-mounts", "full"),
    ("user", "full"), ("user-bare", "partial"), ("none", "none"),
])  # fmt: skip
def test_each_level_is_named_for_what_it_is(run_at: Run, level: str, expected: str) -> None:
    """The level is the one that docs/isolation.md defines, and honest work goes on in it."""
    answer = run_at(level, "honest/file_tools")
    assert answer["isolation"]["level"] == expected, answer["isolation"]
    assert (answer["as_expected"], answer["got"]) == (True, []), answer


@pytest.mark.parametrize("name", ["read/secret_by_path", "change/write_outside", "escape/network"])
@pytest.mark.parametrize("level", ["root-no-pivot", "root-old-mounts", "container-closed"])
def test_one_missing_layer_is_made_up_for_by_the_others(run_at: Run, level: str, name: str) -> None:
    """A kernel that lacks a call costs a layer, not the promise."""
    answer = run_at(level, name)
    assert (answer["as_expected"], answer["got"]) == (True, []), answer


def test_file_modes_that_hide_nothing_are_no_wall(run_at: Run) -> None:
    """Without an allow-list a bank that every user can read means level none, and is named."""
    isolation = run_at("container-no-landlock", "honest/logging forbid")["isolation"]
    assert isolation["level"] == "none"
    assert "secret.txt" in isolation["missing"][-1]


@pytest.mark.parametrize("level", LEVELS)
def test_the_bank_is_tried_and_does_not_open(run_at: Run, level: str) -> None:
    """Behind an allow-list it stays shut, whatever its file modes."""
    assert run_at(level, "honest/logging forbid")["isolation"]["level"] != "none"
