"""Become a grader at one privilege level, then run programs of the suite on request.

Started by the tests as a process of its own, because most steps can't be taken back. Requests
are lines on standard input, ``<program name> [forbid]``; answers are lines of JSON on standard
output.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import sys
from dataclasses import asdict

from grader.model import IsolationPolicy, Limits
from grader.runner.wall import identity, kernel, private_root, seccomp
from grader.runner.wall.field import Field
from grader.runner.wall.namespaces import NEWNS
from grader.runner.wall.programs import FOLDER, Program, read
from grader.runner.wall.rules import Answer, Rule
from grader.runner.wall.survey import judge
from grader.runner.wall.trial import matches, run

# What Docker gives to root by default, and what its system call filter refuses without
# CAP_SYS_ADMIN.
CONTAINER_CAPABILITIES = (0, 1, 3, 4, 5, 6, 7, 8, 10, 13, 18, 27, 29, 31)
CONTAINER_REFUSES = (
    "unshare", "setns", "mount", "umount2", "pivot_root", "move_mount", "open_tree", "fsopen",
    "fsmount", "mount_setattr", "bpf", "perf_event_open", "keyctl", "add_key", "request_key",
)  # fmt: skip
SOMEBODY = 61_234
WALL_S = 20.0


def be_in_a_container() -> None:
    """Root without CAP_SYS_ADMIN, and no namespaces to be had."""
    held = identity._capabilities()[1]  # a container's root, too, may run this
    kept = sum(1 << number for number in CONTAINER_CAPABILITIES) & held
    for number in range(identity.LAST_CAPABILITY + 1):
        if not kept >> number & 1:
            with contextlib.suppress(OSError):
                kernel.call("prctl", identity.PR_CAPBSET_DROP, number, 0, 0, 0)
    identity._set_capabilities(effective=kept, permitted=kept)
    refuse_namespaces()


def refuse_namespaces() -> None:
    """As an outer sandbox does; the filter is inherited by all that follows."""
    identity.no_new_privileges()
    rules = [Rule(name, Answer.REFUSE) for name in CONTAINER_REFUSES]
    seccomp.install([*rules, Rule("clone3", Answer.NO_SUCH_CALL)])


def be_somebody() -> None:
    """An ordinary user, if started by root; else this is one already."""
    if os.geteuid() == 0:
        os.setgroups([])
        os.setresgid(SOMEBODY, SOMEBODY, SOMEBODY)
        os.setresuid(SOMEBODY, SOMEBODY, SOMEBODY)
    identity.be_dumpable(True)


def open_the_way_to_python() -> None:
    """Give this process a view in which every user can reach Python.

    A Python below /root is common on build machines. In a mount namespace of its own this
    process puts an empty folder, open to all, in the place of each closed one, and Python's
    folders back into it.
    """
    if os.geteuid() != 0:
        return
    ways = {sys.prefix, sys.base_prefix, os.path.dirname(os.path.dirname(FOLDER.parents[2]))}
    closed = {_first_closed(os.path.realpath(way)): os.path.realpath(way) for way in ways}
    closed.pop(None, None)
    if not closed:
        return
    kernel.call("unshare", NEWNS)
    flags = private_root.MS_REC | private_root.MS_PRIVATE
    kernel.call("mount", None, b"/\0", None, flags, None)
    for folder, way in closed.items():
        assert folder is not None
        clone = private_root._clone(way, 0)
        private_root._mount_tmpfs(folder, "mode=755")
        private_root._attach(way, clone)


def _first_closed(path: str) -> str | None:
    parts = path.split("/")
    folders = ["/".join(parts[:n]) or "/" for n in range(1, len(parts) + 1)]
    return next((one for one in folders if not os.stat(one).st_mode & 0o001), None)


def refuse(*calls: str) -> None:
    """As a kernel does that lacks these calls."""
    identity.no_new_privileges()
    seccomp.install(Rule(name, Answer.NO_SUCH_CALL) for name in calls)


def take_level(level: str) -> IsolationPolicy:
    """Become what the level says, for good."""
    if level not in {"root", "container-closed", "none"}:
        open_the_way_to_python()
    if level == "root-no-pivot":
        refuse("pivot_root")
    if level == "root-old-mounts":
        refuse("mount_setattr")
    if level == "container-no-landlock":
        refuse("landlock_create_ruleset")
    if level.startswith("container"):
        be_in_a_container()
    if level in {"user", "user-bare"}:
        be_somebody()
    if level == "user-bare":
        refuse_namespaces()
    return IsolationPolicy.NONE if level == "none" else IsolationPolicy.BEST


def answer(program: Program, policy: IsolationPolicy, *, forbid: bool) -> dict[str, object]:
    """Run a program between planted things; ``forbid`` lets the wall try the secret itself."""
    with Field() as field:
        limits = program.limited(Limits(wall_s=WALL_S))
        secret = (field.planted["secret"],) if forbid else ()
        trial = run(program.render(field.planted), limits=limits, policy=policy, forbidden=secret)
        attack = judge(program, field, trial)
    return {
        "as_expected": any(matches(trial.ending, ending) for ending in program.endings),
        "ending": f"{trial.ending.outcome} {trial.ending.detail}".strip(),
        "got": attack.got,
        "stdout": trial.stdout[-2000:].decode(errors="replace"),
        "stderr": trial.stderr[-2000:].decode(errors="replace"),
        "isolation": asdict(trial.isolation) if trial.isolation else None,
    }


def main(level: str, *imports: str) -> None:
    """Serve programs by name until standard input ends; each inherits the imports."""
    for name in imports:
        importlib.import_module(name)
    policy = take_level(level)
    for line in sys.stdin:
        name, _, forbid = line.strip().partition(" ")
        program = read(FOLDER / f"{name}.py")
        print(json.dumps(answer(program, policy, forbid=bool(forbid))), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
