"""Which device a grading gets: what ``--device`` may ask for, and how a GPU is handed out."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from grader.errors import UsageError
from grader.runner.devices.device import CPU, CUDA, Device
from grader.runner.outside.devices import gpus
from grader.runner.outside.devices.slots import Slots

SLOTS = "GRADE_GPU_SLOTS"
WAIT = "GRADE_GPU_WAIT"
LOCKS = "GRADE_GPU_LOCKS"
DEFAULT_WAIT_S = 1800.0
DEFAULT_LOCKS = "/tmp/grade-gpu"  # noqa: S108 - to be met by every user; slots.py says how it is kept safe


def choose(wanted: str, *, root: Path = Path("/")) -> str:
    """The kind of device for a ``--device``; ``auto`` is the CPU on every machine.

    Raises:
        UsageError: it can't be had here.
    """
    if wanted in ("auto", CPU.kind):
        return CPU.kind
    reason = missing(root=root) if wanted == CUDA else "there is no such device"
    if reason:
        raise UsageError(
            f"--device {wanted} can't be had: {reason}. Use --device cpu, or leave it out."
        )
    return wanted


def missing(*, root: Path = Path("/"), environment: Mapping[str, str] = os.environ) -> str:
    """Why no GPU can be used here, in a few words; empty when one can be tried."""
    if not (root / gpus.CONTROL).exists():
        return f"this machine shows no NVIDIA GPU (there is no /{gpus.CONTROL})"
    if not gpus.find(environment, root):
        return (
            f"none of this machine's GPUs is among {gpus.VISIBLE}={environment.get(gpus.VISIBLE)}"
        )
    if gpus.cuda_of_torch() is None:
        return "the installed torch is built without CUDA"
    return ""


@contextlib.contextmanager
def lease(
    kind: str,
    waiting: Callable[[str], None],
    *,
    root: Path = Path("/"),
    environment: Mapping[str, str] = os.environ,
) -> Iterator[Device]:
    """The device for one grading. A GPU is nobody else's until the body ends.

    Args:
        kind: what `choose` returned.
        waiting: takes a sentence now and then, as long as all GPUs are in use.
        root: where the machine's files are; another folder in tests.
        environment: where the variables of docs/gpu.md are looked up.

    Raises:
        UsageError: no GPU became free in time, or a variable of the environment is wrong.
    """
    if kind == CPU.kind:
        yield CPU
        return
    slots = Slots(
        Path(environment.get(LOCKS, DEFAULT_LOCKS)),
        gpus.find(environment, root),
        per_gpu=slots_per_gpu(environment),
    )
    with slots.take(
        _number(environment, WAIT, DEFAULT_WAIT_S), lambda before: waiting(_queued(before))
    ) as gpu:
        yield Device(
            kind=CUDA,
            name=gpu.name,
            visible=gpu.visible,
            share=1 / slots.per_gpu,
            files=gpus.files(gpu, root),
        )


def slots_per_gpu(environment: Mapping[str, str] = os.environ) -> int:
    """How many gradings may use one GPU at a time. Raises UsageError for no such number."""
    number = _number(environment, SLOTS, 1.0)
    if number != int(number):
        raise UsageError(f"{SLOTS}={environment[SLOTS]}: expected a whole number, 1 or more.")
    return int(number)


def _queued(before: int) -> str:
    return "waiting for a GPU" + (f", {before} before this one" if before else "")


def _number(environment: Mapping[str, str], name: str, default: float) -> float:
    text = environment.get(name, "")
    try:
        value = float(text) if text else default
    except ValueError:
        value = 0.0
    if not 0.0 < value < float("inf"):
        raise UsageError(f"{name}={text}: expected a number above 0.")
    return value
