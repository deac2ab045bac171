"""The GPUs of this machine, as the driver's files tell them: no library is loaded for it.

Theory of operation. The grader's own process never imports torch, and the zygote must never
touch CUDA: a process forked from one that did can't use a GPU. So GPUs are found by what the
driver shows as files: one folder for each in /proc/driver/nvidia/gpus, and one device file.
Some containers show the device files only. Whether CUDA really works is found out where it
is used: in the student's process, before the submission arrives.
"""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

INFORMATION = "proc/driver/nvidia/gpus/*/information"
CONTROL = "dev/nvidiactl"
SHARED = (CONTROL, "dev/nvidia-uvm", "dev/nvidia-uvm-tools")
"""Device files that every use of any GPU needs, where they exist."""
VISIBLE = "CUDA_VISIBLE_DEVICES"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gpu:
    """One GPU. ``index`` counts by address on the bus, ``minor`` names its device file.

    ``uuid`` is empty where the machine doesn't tell it.
    """

    index: int
    minor: int
    uuid: str = ""
    name: str = "NVIDIA GPU"

    @property
    def visible(self) -> str:
        """What ``CUDA_VISIBLE_DEVICES`` calls it, with ``CUDA_DEVICE_ORDER=PCI_BUS_ID``."""
        return self.uuid or str(self.index)

    @property
    def key(self) -> str:
        """A name that every grader on this machine gives it, fit for a file."""
        return re.sub(r"[^\w-]", "_", self.uuid) or f"nvidia{self.minor}"


def find(environment: Mapping[str, str], root: Path = Path("/")) -> tuple[Gpu, ...]:
    """The GPUs that may be used: all, or those that ``CUDA_VISIBLE_DEVICES`` names."""
    if not (root / CONTROL).exists():
        return ()
    told = sorted(root.glob(INFORMATION))
    gpus = list(_told(told)) if told else list(_by_files(root))
    there = [gpu for gpu in gpus if (root / f"dev/nvidia{gpu.minor}").exists()]
    chosen = environment.get(VISIBLE)
    return tuple(there if chosen is None else _chosen(there, chosen))


def files(gpu: Gpu, root: Path = Path("/")) -> tuple[str, ...]:
    """The device files that a process needs to use this GPU and no other."""
    paths = (root / name for name in (*SHARED, f"dev/nvidia{gpu.minor}"))
    return tuple(str(path) for path in paths if path.exists())


def cuda_of_torch() -> str | None:
    """The CUDA version that the installed torch is built for, or None; torch is not imported."""
    spec = importlib.util.find_spec("torch")
    folders = list(spec.submodule_search_locations or ()) if spec else []
    for folder in folders:
        text = (Path(folder) / "version.py").read_text(encoding="utf-8")
        found = re.search(r"^cuda\b[^=\n]*=\s*['\"]([\d.]+)['\"]", text, re.MULTILINE)
        return found[1] if found else None
    return None


def _told(paths: Iterable[Path]) -> Iterator[Gpu]:
    for index, path in enumerate(paths):
        lines = (line.partition(":") for line in path.read_text(encoding="utf-8").splitlines())
        facts = {name.strip(): value.strip() for name, _, value in lines}
        uuid = facts.get("GPU UUID", "")
        yield Gpu(
            index=index,
            minor=int(facts.get("Device Minor", index)),
            uuid="" if "?" in uuid else uuid,  # of a GPU that nobody has used since the start
            name=facts.get("Model") or "NVIDIA GPU",
        )


def _by_files(root: Path) -> Iterator[Gpu]:
    numbers = sorted(
        int(path.name.removeprefix("nvidia"))
        for path in (root / "dev").glob("nvidia*")
        if path.name.removeprefix("nvidia").isdigit()
    )
    for index, minor in enumerate(numbers):
        yield Gpu(index=index, minor=minor)


def _chosen(gpus: list[Gpu], chosen: str) -> Iterator[Gpu]:
    """As CUDA reads it: numbers or beginnings of UUIDs, up to the first that means nothing."""
    for word in (part.strip() for part in chosen.split(",")):
        same = [
            gpu
            for gpu in gpus
            if (word.isdigit() and gpu.index == int(word))
            or (word.startswith("GPU-") and gpu.uuid.startswith(word))
        ]
        if len(same) != 1:
            return
        yield same[0]
