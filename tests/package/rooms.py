"""A room as a platform makes it for a job: a root of its own, no network, its folders laid."""

from __future__ import annotations

import shlex
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
SCRIPT = Path(__file__).with_name("as_platform.py")
_OWN = {"tmp", "root", "proc", "lost+found"}


@dataclass
class Room:
    """``mounts``: path in the room → folder out here. ``user``: ``root`` or ``user``."""

    folder: Path
    mounts: Mapping[str, Path]
    user: str = "root"
    cwd: str = "/"
    environment: Mapping[str, str] = field(default_factory=dict)

    def run(self, *words: str, timeout: float = 240.0) -> subprocess.CompletedProcess[bytes]:
        """Run a command in it."""
        root = self.folder / "room"
        root.mkdir(exist_ok=True)
        lines = ["set -eu", f"mount -t tmpfs -o mode=755 tmpfs {root}"]
        shown = {f"/{each.name}": each for each in Path("/").iterdir() if each.name not in _OWN}
        way = [Path(sys.base_prefix), Path(sys.prefix).resolve(), ROOT]
        own = [each for each in way if each.parts[1] in _OWN]
        lines += [f"mkdir -m 1777 {root}/tmp", f"mkdir -m 755 {root}/root {root}/proc"]
        lines.append(f"mount -t proc proc {root}/proc")
        for name, place in (shown | {str(each): each for each in own} | dict(self.mounts)).items():
            inside = shlex.quote(f"{root}{name}")
            if place.is_symlink():
                lines.append(f"ln -s {place.readlink()} {inside}")
            elif place.is_dir():
                lines += [f"mkdir -p {inside}", f"mount --rbind {shlex.quote(str(place))} {inside}"]
        words = (sys.executable, str(SCRIPT), self.user, *words)
        go = f"cd {shlex.quote(self.cwd)} && exec {shlex.join(words)}"
        lines.append(f"exec chroot {root} sh -c {shlex.quote(go)}")
        return subprocess.run(
            ["unshare", "--mount", "--net", "--ipc", "--propagation", "private", "sh", "-c",
             "\n".join(lines)],
            env={"PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "GRADE_PYTHON": sys.executable,
                 "HOME": "/root", "GRADE_DATA": "subset", **self.environment},
            capture_output=True,
            check=False,
            timeout=timeout,
        )  # fmt: skip


def wait_for_the_end_of(path: Path, seconds: float = 10.0) -> bool:
    """Whether every process that names ``path`` in its command has ended."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if not any(_names(each, str(path)) for each in Path("/proc").glob("[0-9]*")):
            return True
        time.sleep(0.2)
    return False


def _names(process: Path, text: str) -> bool:
    try:
        return text.encode() in (process / "cmdline").read_bytes()
    except OSError:
        return False
