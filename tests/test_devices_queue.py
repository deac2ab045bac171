"""The queue for GPUs, with real processes: one holder at a time, in order, and none for ever."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from grader.errors import UsageError
from grader.runner.outside.devices.gpus import Gpu
from grader.runner.outside.devices.slots import Slots

ROOT = str(Path(__file__).parents[1])
ONE = (Gpu(index=0, minor=0, uuid="GPU-a"),)
TWO = (*ONE, Gpu(index=1, minor=1, uuid="GPU-b"))

HOLDER = """
import sys, time
sys.path.insert(0, {root!r})
from pathlib import Path
from grader.runner.outside.devices.gpus import Gpu
from grader.runner.outside.devices.slots import Slots
name, gpus, per_gpu = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
found = [Gpu(index=n, minor=n, uuid="GPU-" + "ab"[n]) for n in range(gpus)]
log, let_go = Path({folder!r}) / "log", Path({folder!r}) / f"{{name}}.let-go"
def told(text):
    with log.open("a") as file:
        file.write(text + "\\n")
waits = []
def waiting(before):
    if not waits:
        waits.append(before)
        told(f"{{name}} waits")
with Slots(Path({folder!r}) / "locks", found, per_gpu).take(60, waiting) as gpu:
    told(f"{{name}} has {{gpu.uuid}}")
    while not let_go.exists():
        time.sleep(0.01)
    told(f"{{name}} leaves {{gpu.uuid}}")
"""


class Machine:
    """Processes that want GPUs, and what they wrote down in the order in which it happened."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.started: list[subprocess.Popen[bytes]] = []

    def start(self, name: str, *, gpus: int = 1, per_gpu: int = 1) -> subprocess.Popen[bytes]:
        """A process that takes a GPU and holds it until it is let go."""
        code = HOLDER.format(root=ROOT, folder=str(self.folder))
        words = [sys.executable, "-c", code, name, str(gpus), str(per_gpu)]
        self.started.append(subprocess.Popen(words))
        return self.started[-1]

    def let_go(self, *names: str) -> None:
        for name in names:
            (self.folder / f"{name}.let-go").touch()

    def log(self) -> list[str]:
        path = self.folder / "log"
        return path.read_text().splitlines() if path.exists() else []

    def until(self, line: str) -> None:
        while line not in self.log():
            time.sleep(0.01)

    def end(self) -> list[str]:
        for process in self.started:
            assert process.wait() == 0
        return self.log()


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def most_at_once(log: list[str], gpu: str) -> int:
    """How many held one GPU at the same time, at worst."""
    held = most = 0
    for line in log:
        held += line.endswith(f"has {gpu}")
        held -= line.endswith(f"leaves {gpu}")
        most = max(most, held)
    return most


def test_many_processes_never_share_a_gpu(machine: Machine) -> None:
    """Twelve that start at once get the one GPU one after the other, and all get it."""
    for number in range(12):
        machine.let_go(f"p{number}")
        machine.start(f"p{number}")
    log = machine.end()
    assert most_at_once(log, "GPU-a") == 1
    assert sum("leaves" in line for line in log) == 12


def test_two_gpus_serve_two_at_a_time(machine: Machine) -> None:
    """Each GPU has one holder, and both are used."""
    machine.start("first", gpus=2)
    machine.until("first has GPU-a")
    machine.start("second", gpus=2)
    machine.until("second has GPU-b")
    machine.let_go("first", "second")
    machine.end()


def test_slots_share_a_gpu_on_purpose(machine: Machine) -> None:
    """With two slots two hold one GPU at once, and a third waits."""
    for name in ("one", "two"):
        machine.start(name, per_gpu=2)
        machine.until(f"{name} has GPU-a")
    machine.start("third", per_gpu=2)
    machine.until("third waits")
    machine.let_go("one")
    machine.until("third has GPU-a")
    machine.let_go("two", "third")
    assert most_at_once(machine.end(), "GPU-a") == 2


def test_who_wants_a_gpu_alone_never_gets_a_shared_one(machine: Machine) -> None:
    """Graders with other numbers of slots on one machine: the stricter is served too."""
    machine.start("sharing", per_gpu=2)
    machine.until("sharing has GPU-a")
    machine.start("alone")
    machine.until("alone waits")
    machine.let_go("sharing", "alone")
    log = machine.end()
    assert log.index("sharing leaves GPU-a") < log.index("alone has GPU-a")


def test_they_are_served_in_the_order_in_which_they_came(machine: Machine) -> None:
    """Whoever waits longer is served before."""
    machine.start("holder")
    machine.until("holder has GPU-a")
    for name in ("one", "two", "three"):
        machine.start(name)
        machine.until(f"{name} waits")
    machine.let_go("holder", "one", "two", "three")
    served = [line.split()[0] for line in machine.end() if "has" in line]
    assert served == ["holder", "one", "two", "three"]


def test_a_holder_that_is_killed_leaves_the_gpu(machine: Machine) -> None:
    """The kernel takes the lock back: nothing has to be cleaned up."""
    holder = machine.start("holder")
    machine.until("holder has GPU-a")
    machine.start("next")
    machine.until("next waits")
    machine.started.remove(holder)
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    machine.let_go("next")
    assert machine.end()[-1] == "next leaves GPU-a"


def test_a_waiter_that_is_killed_holds_nobody_up(machine: Machine) -> None:
    """Its ticket is seen to be dead and thrown away."""
    machine.start("holder")
    machine.until("holder has GPU-a")
    impatient = machine.start("impatient")
    machine.until("impatient waits")
    machine.start("next")
    machine.until("next waits")
    machine.started.remove(impatient)
    impatient.send_signal(signal.SIGKILL)
    impatient.wait()
    machine.let_go("holder", "next")
    assert machine.end()[-1] == "next leaves GPU-a"
    assert not list((machine.folder / "locks").glob("ticket-*"))


def test_waiting_ends_with_a_sentence(tmp_path: Path) -> None:
    """After the time that was given: how long, how many before, and what to do."""
    told: list[int] = []
    with Slots(tmp_path, ONE).take(60.0, told.append):
        with (
            pytest.raises(UsageError, match=r"No GPU became free within 0\.3 seconds; 0 grad"),
            Slots(tmp_path, ONE).take(0.3, told.append),
        ):
            pass
        assert told
        assert set(told) == {0}
    with Slots(tmp_path, ONE).take(0.3, told.append) as gpu:
        assert gpu == ONE[0]


def test_an_error_inside_gives_the_gpu_back(tmp_path: Path) -> None:
    """Whatever ends a grading ends its hold."""
    with pytest.raises(ZeroDivisionError), Slots(tmp_path, ONE).take(1.0, lambda _: None):
        _ = 1 / 0
    with Slots(tmp_path, ONE).take(0.0, lambda _: None) as gpu:
        assert gpu == ONE[0]


def test_the_folder_is_made_for_every_user(tmp_path: Path) -> None:
    """Open to all and sticky, whatever the umask."""
    old = os.umask(0o077)
    try:
        with Slots(tmp_path / "locks", ONE).take(1.0, lambda _: None):
            assert stat.S_IMODE((tmp_path / "locks").stat().st_mode) == 0o1777
    finally:
        os.umask(old)


@pytest.mark.parametrize("trick", ["a link", "a file"])
def test_a_folder_that_is_none_is_refused(tmp_path: Path, trick: str) -> None:
    """A link could point anywhere; the message says what to do."""
    place = tmp_path / "locks"
    (tmp_path / "elsewhere").mkdir()
    if trick == "a link":
        place.symlink_to(tmp_path / "elsewhere")
    else:
        place.touch()
    with (
        pytest.raises(UsageError, match="not a folder that gradings could queue in"),
        Slots(place, ONE).take(1.0, lambda _: None),
    ):
        pass
    assert not list((tmp_path / "elsewhere").iterdir())


def test_a_lock_that_is_a_link_is_not_followed(tmp_path: Path) -> None:
    """Nobody can be made to create or lock a file elsewhere."""
    (tmp_path / "GPU-a.whole").symlink_to(tmp_path / "made")
    with pytest.raises(UsageError, match=r"GPU-a\.whole"), Slots(tmp_path, ONE).take(1.0, print):
        pass
    assert not (tmp_path / "made").exists()


def test_a_fifo_in_place_of_a_lock_blocks_nobody(tmp_path: Path) -> None:
    """Opening one for reading would wait for a writer for ever."""
    os.mkfifo(tmp_path / "door")
    with Slots(tmp_path, TWO).take(1.0, lambda _: None) as gpu:
        assert gpu == TWO[0]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become other users")
def test_files_of_another_user_serve_as_well() -> None:
    """A lock needs no right to write, and a stranger's folder must be sticky."""
    folder = Path(tempfile.mkdtemp())  # pytest's own are below one that only root may enter
    try:
        for name in ("door", "GPU-a.whole", "ticket-7"):
            (folder / name).touch(0o644)
            os.chown(folder / name, 12345, 12345)
        os.chown(folder, 12345, 12345)
        folder.chmod(0o1777)
        assert exit_of_user(54321, folder) == 0
        folder.chmod(0o777)
        assert exit_of_user(54321, folder) == 2
    finally:
        shutil.rmtree(folder)


def exit_of_user(uid: int, folder: Path) -> int:
    """Take a GPU as another user: 0 if it was had, 2 if the folder was refused."""
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            os.setuid(uid)
            with Slots(folder, ONE).take(5.0, lambda _: None):
                code = 0
        except UsageError:
            code = 2
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
