"""Removing and measuring folders that a hostile program has filled."""

from __future__ import annotations

import os
import resource
import socket
from pathlib import Path

import pytest

from grader.runner.outside.cleanup import MAX_DEPTH, disk_usage, remove_tree

DEPTH = 5000


def nest(folder: Path, depth: int) -> None:
    fd = os.open(folder, os.O_RDONLY)
    for _ in range(depth):
        os.mkdir("d", dir_fd=fd)
        inner = os.open("d", os.O_RDONLY, dir_fd=fd)
        os.close(fd)
        fd = inner
    os.mkfifo("at the bottom", dir_fd=fd)
    os.close(fd)


def as_somebody(action: object) -> None:
    """Run in a child that is no root, if this process is root."""
    assert callable(action)
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            if os.geteuid() == 0:
                os.setresgid(61_234, 61_234, 61_234)
                os.setresuid(61_234, 61_234, 61_234)
            action()
            code = 0
        finally:
            os._exit(code)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


def test_thousands_of_nested_folders_go_without_recursion(tmp_path: Path) -> None:
    """5,000 levels: more than Python recurses, than a path is long, than files may be open."""
    victim = tmp_path / "deep"
    victim.mkdir()
    nest(victim, DEPTH)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (200, hard))
    try:
        remove_tree(victim)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert not victim.exists()


def test_links_are_removed_and_never_followed(tmp_path: Path) -> None:
    """What links point to stays, inside the folder and in its own place."""
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / "file").write_text("stays")
    victim = tmp_path / "victim"
    (victim / "inner").mkdir(parents=True)
    (victim / "link").symlink_to(kept)
    (victim / "inner" / "circle").symlink_to("..")
    (victim / "dangling").symlink_to("nowhere")
    remove_tree(victim)
    assert not victim.exists()
    victim.symlink_to(kept)
    remove_tree(victim)
    assert not victim.is_symlink()
    assert (kept / "file").read_text() == "stays"


def test_odd_names_fifos_and_sockets_go(tmp_path: Path) -> None:
    """Names are bytes; fifos are unlinked, not opened (which would wait for ever)."""
    victim = tmp_path / "odd"
    victim.mkdir()
    names = [b"\n", b"-rf", b"\xff\xfe", b"*", b" ", b"a" * 255, b"1.removed", b"2.removed"]
    for name in names:
        os.close(os.open(os.fsencode(victim) + b"/" + name, os.O_CREAT))
    (victim / "x" / "1.removed" / "y").mkdir(parents=True)
    os.mkfifo(victim / "fifo")
    with socket.socket(socket.AF_UNIX) as one:
        one.bind(str(victim / "s"))
    remove_tree(victim)
    assert not victim.exists()


def test_folders_without_rights_go_for_an_ordinary_user(tmp_path: Path) -> None:
    """The owner's missing rights are given back on the way."""
    top = Path("/tmp") / f"grade-test-{os.getpid()}"

    def action() -> None:
        (top / "a" / "b" / "c").mkdir(parents=True)
        (top / "a" / "b" / "c" / "file").write_text("x")
        (top / "a" / "b" / "c").chmod(0)
        (top / "a" / "b").chmod(0o500)
        (top / "a").chmod(0)
        remove_tree(top)
        assert not top.exists()

    as_somebody(action)
    assert not top.exists()


def test_a_folder_that_is_gone_is_no_error(tmp_path: Path) -> None:
    """Cleaning twice is cleaning once."""
    remove_tree(tmp_path / "never was")
    assert disk_usage(tmp_path / "never was") == (0, 0)


def test_usage_counts_blocks_and_entries_and_follows_no_link(tmp_path: Path) -> None:
    """A sparse file weighs what it holds; a link weighs nothing of its target."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "full").write_bytes(b"x" * (1 << 20))
    with (tmp_path / "sparse").open("wb") as file:
        file.truncate(1 << 30)
    (tmp_path / "link").symlink_to("/usr")
    usage = disk_usage(tmp_path)
    assert usage.files == 4
    assert 1 << 20 <= usage.bytes < 2 << 20


def test_usage_stops_at_its_bounds(tmp_path: Path) -> None:
    """Too many entries or too deep a nest is too much, and takes no time to find out."""
    for number in range(30):
        (tmp_path / str(number)).touch()
    assert disk_usage(tmp_path, max_files=10).files == 11
    deep = tmp_path / "deep"
    deep.mkdir()
    nest(deep, MAX_DEPTH + 5)
    assert disk_usage(deep, max_files=1000).files == 1001
    remove_tree(deep)


@pytest.mark.parametrize("mode", [0o000, 0o700])
def test_usage_survives_closed_folders(tmp_path: Path, mode: int) -> None:
    """A folder that can't be listed counts as one entry."""
    (tmp_path / "closed").mkdir(mode=mode)
    assert disk_usage(tmp_path).files == 1
