"""The wall as a whole, from inside and from outside; each trial is a forked child."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from grader.model import IsolationLevel, IsolationPolicy, Limits, Outcome
from grader.runner.wall import Plan, WallBroken, apply, cgroup, levels, places, private_memory
from grader.runner.wall.identity import fresh_uid
from grader.runner.wall.kernel import Missing
from grader.runner.wall.outside import kill_everything, processes_of
from grader.runner.wall.survey import survey
from grader.runner.wall.trial import run

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the wall is Linux's")
ALL = (
    levels.NAMESPACES, levels.PRIVATE_ROOT, levels.LANDLOCK, levels.UID, levels.FILE_MODES,
    levels.CAPABILITIES, levels.RLIMITS, levels.NO_NEW_PRIVS, levels.DESCRIPTORS, levels.SECCOMP,
)  # fmt: skip
root_only = pytest.mark.skipif(os.geteuid() != 0, reason="only root can change user ids")


def plan(workdir: Path, **changes: object) -> Plan:
    values: dict[str, object] = {
        "workdir": str(workdir), "readable": (), "limits": Limits(), "uid": None, "keep_fds": (),
        "policy": IsolationPolicy.BEST, **changes,
    }  # fmt: skip
    return Plan(**values)  # type: ignore[arg-type]


def broken_by(wall: Plan, *, threads: int = 0) -> str:
    """The message of WallBroken that ``apply`` ends with in a child, or an empty one."""
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            for _ in range(threads):
                threading.Thread(target=signal.pause, daemon=True).start()
            apply(replace(wall, keep_fds=(*wall.keep_fds, write)))
        except WallBroken as error:
            os.write(write, str(error).encode())
        finally:
            os._exit(0)
    os.close(write)
    os.waitpid(pid, 0)
    message = os.read(read, 1000).decode()
    os.close(read)
    return message


@pytest.mark.parametrize(("without", "expected"), [
    ((), "full"),
    ((levels.NAMESPACES, levels.PRIVATE_ROOT), "full"),
    ((levels.UID, levels.FILE_MODES), "full"),
    ((levels.LANDLOCK,), "full"),
    ((levels.NAMESPACES, levels.PRIVATE_ROOT, levels.LANDLOCK), "partial"),
    ((levels.NAMESPACES, levels.PRIVATE_ROOT, levels.FILE_MODES), "partial"),
    ((levels.NAMESPACES, levels.PRIVATE_ROOT, levels.UID, levels.FILE_MODES), "partial"),
    ((levels.RLIMITS,), "partial"),
    ((levels.CAPABILITIES,), "partial"),
    ((levels.SECCOMP,), "none"),
    ((levels.PRIVATE_ROOT, levels.LANDLOCK, levels.UID), "none"),
])  # fmt: skip
def test_levels_follow_from_layers(without: tuple[str, ...], expected: str) -> None:
    """Full needs two file layers, one of them an allow-list; none means nothing to rely on."""
    assert levels.level(set(ALL) - set(without)) == expected


def test_processes_without_a_private_root_are_never_full() -> None:
    """Unix sockets come with processes, and a private root alone bounds what they reach."""
    assert levels.level(ALL, allow_processes=True) is IsolationLevel.FULL
    without = set(ALL) - {levels.PRIVATE_ROOT}
    assert levels.level(without, allow_processes=True) is IsolationLevel.PARTIAL


def test_a_second_thread_breaks_the_wall(tmp_path: Path) -> None:
    """Landlock and seccomp would not hold for a thread that runs already."""
    assert "threads run already" in broken_by(plan(tmp_path), threads=1)


def test_a_folder_is_never_kept_open(tmp_path: Path) -> None:
    """Its descriptor would lead out of a private root."""
    fd = os.open("/", os.O_RDONLY)
    assert "is a folder" in broken_by(plan(tmp_path, keep_fds=(fd,)))
    os.close(fd)


def test_a_descriptor_to_keep_must_be_open(tmp_path: Path) -> None:
    """A wrong number is the grader's own fault, told before the submission runs."""
    assert "is not open" in broken_by(plan(tmp_path, keep_fds=(987,)))


def test_the_wall_tries_what_it_must_not_open(tmp_path: Path) -> None:
    """A forbidden place that opens after all (here: because it was allowed) ends the process."""
    secret = tmp_path / "bank"
    secret.mkdir()
    work = tmp_path / "work"
    work.mkdir()
    message = broken_by(plan(work, readable=(str(secret),), forbidden=(str(secret),)))
    assert message == f"{secret} can be opened from behind the wall"
    assert broken_by(plan(work, forbidden=(str(secret),))) == ""


def test_what_the_plan_names_is_readable_and_not_writable(tmp_path: Path) -> None:
    """A data file of the exercise, for example, and nothing beside it."""
    for folder in (tmp_path, *tmp_path.parents[:-1]):
        if not folder.stat().st_mode & 0o001 and folder.owner() != "root":
            pytest.skip("the test's own folder can't be reached by others")
    data = tmp_path / "data"
    data.mkdir()
    (data / "images.bin").write_text("pixels")
    (tmp_path / "labels.bin").write_text("labels")
    source = f"""
print(open({str(data / "images.bin")!r}).read())
for path, mode in (({str(tmp_path / "labels.bin")!r}, "r"), ({str(data / "images.bin")!r}, "a")):
    try:
        print("REACHED", open(path, mode))
    except OSError:
        pass
"""
    trial = run(source, readable=(str(data),))
    assert trial.stdout == b"pixels\n", trial.stderr


def test_only_standard_streams_and_the_channel_stay_open() -> None:
    """Whatever the grader had open when it forked."""
    leak = os.open(os.devnull, os.O_RDONLY)
    os.set_inheritable(leak, True)
    source = "import os, json; print(json.dumps(sorted(map(int, os.listdir('/proc/self/fd')))))"
    trial = run(source)
    os.close(leak)
    listed = json.loads(trial.stdout)
    assert listed[:3] == [0, 1, 2]
    assert len(listed) == 4  # the fourth is the listing's own


def test_home_temporary_and_current_folder_are_the_working_folder() -> None:
    """What a program writes without a thought lands in the one place that is cleaned."""
    source = (
        "import os, tempfile; "
        "print(len({os.getcwd(), os.path.expanduser('~'), tempfile.gettempdir()}))"
    )
    assert run(source).stdout == b"1\n"


def test_a_private_root_has_the_places_that_programs_write_to(tmp_path: Path) -> None:
    """They are empty, hold what is written, share one bound, and leave nothing behind."""
    source = """
import os, shutil
for place in places:
    assert not set(os.listdir(place)) - set(os.getcwd().split("/")), place
    os.makedirs(place + "/left/behind")
    print(shutil.copy(__import__("os").__file__, place + "/left/behind/file"))
try:
    for place in places:
        open(place + "/large", "wb").write(bytes(20 << 20))
except OSError as error:
    print("full", error.errno)
"""
    found = places.elsewhere(places.readable(()))
    limits = Limits(disk_bytes=32 << 20)
    trial = run(f"places = {found!r}\n{source}", limits=limits)
    assert trial.isolation is not None
    if levels.PRIVATE_ROOT not in trial.isolation.layers:
        pytest.skip("this machine gives no private root")
    assert len(found) > 3, trial.stderr
    lines = trial.stdout.decode().splitlines()
    assert lines[-1].startswith("full"), (lines, trial.stderr)
    assert len(lines) == len(found) + 1
    assert not any(Path(place, "left").exists() for place in found)


def test_no_place_to_write_holds_or_lies_in_what_is_shown() -> None:
    """Where Python lives below /home, that folder is not the program's."""
    assert "/home" not in places.elsewhere(("/home/me/venv/lib",))
    assert "/data" not in places.elsewhere(("/data",))
    assert "/content" in places.elsewhere(("/contents", "/home/me/venv/lib"))


@pytest.mark.parametrize("prefix", [sys.prefix, sys.base_prefix])
def test_no_readable_place_holds_the_bank(prefix: str) -> None:
    """Neither where a wheel puts it nor where a checkout has it."""
    package = Path(places.__file__).resolve().parents[2]
    banks = [Path(prefix, "share", "grade"), *(package.parent / name for name in
             ("reference", "rubrics", "exercises", "datasets"))]  # fmt: skip
    for place in map(Path, places.readable(())):
        for bank in banks:
            assert place.resolve() not in (bank.resolve(), *bank.resolve().parents), place


def test_the_survey_attacks_and_finds_nothing_open() -> None:
    """What ``grade doctor`` shows: every attack with what became of it."""
    found = survey()
    assert found.isolation.level is not IsolationLevel.NONE
    assert len(found.attacks) > 30
    assert [attack for attack in found.attacks if not attack.refused] == []


@root_only
def test_processes_that_an_exercise_allows_are_all_killed() -> None:
    """Daemons in sessions of their own too: the uid gives them away."""
    source = """
import os, time
for _ in range(5):
    if os.fork() == 0:
        os.setsid()
        if os.fork():
            os._exit(0)
        time.sleep(100)
time.sleep(0.1)
print("left")
"""
    trial = run(source, allow_processes=True)
    assert (trial.ending.outcome, trial.stdout) == (Outcome.OK, b"left\n"), trial.stderr
    assert trial.survivors == 0


def test_a_process_is_killed_whatever_it_ignores() -> None:
    """SIGKILL through a descriptor that can't mean anybody else."""
    pid = os.fork()
    if pid == 0:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        signal.pause()
        os._exit(0)
    pidfd = os.pidfd_open(pid)
    assert private_memory(pid) > 0
    assert kill_everything(pidfd) == 0
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == -signal.SIGKILL
    assert kill_everything(pidfd) == 0
    os.close(pidfd)
    assert private_memory(pid) == 0


@root_only
def test_processes_are_found_by_the_id_of_their_own() -> None:
    """Living ones only; another one of the same id is killed with the one that is named."""
    uid = fresh_uid()
    assert uid is not None
    pids = [_waiting_as(uid) for _ in range(2)]
    assert sorted(processes_of(uid)) == sorted(pids)
    pidfd = os.pidfd_open(pids[0])
    assert kill_everything(pidfd, uid) == 0
    os.close(pidfd)
    assert list(processes_of(uid)) == []
    ended = [os.waitpid(pid, os.WNOHANG) for pid in pids]
    assert [(pid, os.waitstatus_to_exitcode(end)) for pid, end in ended] == [
        (pid, -signal.SIGKILL) for pid in pids
    ]


def test_an_id_that_nobody_has_is_not_searched_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """One call tells; a machine may run thousands of processes, and each grading asks twice."""
    monkeypatch.setattr(os, "listdir", lambda _: pytest.fail("/proc is searched"))
    assert list(processes_of(1_999_999_999)) == []


def _waiting_as(uid: int) -> int:
    """A child that has this id by now, and waits."""
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.setresuid(uid, uid, uid)
        signal.alarm(60)  # it ends with a test that fails, too
        os.write(write, b"!")
        signal.pause()
        os._exit(0)
    os.read(read, 1)
    os.close(read)
    os.close(write)
    return pid


def test_a_control_group_tells_memory_from_a_crash() -> None:
    """The kernel counts whom it killed for want of memory."""
    try:
        group = cgroup.make(f"grade-test-{os.getpid()}", memory_bytes=64 << 20, tasks=20)
    except Missing as reason:
        pytest.skip(str(reason))
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.read(read, 1)
        held = bytearray(200 << 20)
        os._exit(len(held) % 2)
    group.attach(pid)
    os.write(write, b"g")
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    assert (code, group.out_of_memory()) == (-signal.SIGKILL, 1)
    assert group.remove()
