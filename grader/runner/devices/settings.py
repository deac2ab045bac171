"""What the processes of a grading do to use their device; on the CPU, nothing.

Runs in the student's process, before the submission, and in the judge's. One thing is told on
purpose: numbers on a GPU repeat themselves only as far as torch has deterministic algorithms.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch.utils.data import dataset, sampler

from grader.runner.devices.device import CPU, CUDA, Device

ENVIRONMENT = {
    "CUDA_DEVICE_ORDER": "PCI_BUS_ID",  # the order in which GPUs are counted here
    "CUBLAS_WORKSPACE_CONFIG": ":4096:8",  # else matrix products may differ from run to run
    "PYTORCH_NVML_BASED_CUDA_CHECK": "1",  # asking whether there is CUDA must not start it
}


def announce(device: Device) -> None:
    """Say to the libraries which GPU there is, before the first of them looks."""
    if device.kind == CUDA:
        os.environ.update(ENVIRONMENT)
        os.environ["CUDA_VISIBLE_DEVICES"] = device.visible


def settle(device: Device) -> str:
    """Make numbers repeatable and exact, and bound the memory.

    Returns:
        Why the device can't be used here, or nothing. CUDA is started by this, behind the wall
        and before the submission: a wall that it can't work behind is not the student's fault.
    """
    if device.kind != CUDA:
        return ""
    torch.use_deterministic_algorithms(True, warn_only=True)
    torch.backends.cudnn.deterministic = True
    torch.backends.cudnn.benchmark = False
    torch.backends.cudnn.allow_tf32 = False
    torch.backends.cuda.matmul.allow_tf32 = False
    try:
        torch.cuda.set_per_process_memory_fraction(device.memory)
        torch.zeros(1, device=CUDA).add_(1).item()
    except (RuntimeError, AssertionError) as error:
        return " ".join(str(error).split())[:300]
    return ""


def make_default(device: Device) -> None:
    """Let tensors that name no device be made on this one, as a check of a module expects.

    What shuffles stays on the CPU: torch's samplers draw from a generator of the CPU's and fail
    under any other default.
    """
    if device.kind == CPU.kind:
        return
    torch.set_default_device(device.kind)
    for owner, name in (
        (sampler.RandomSampler, "__iter__"),
        (sampler.SubsetRandomSampler, "__iter__"),
        (sampler.WeightedRandomSampler, "__iter__"),
    ):
        setattr(owner, name, _listed_on_cpu(getattr(owner, name)))
    loader = torch.utils.data.DataLoader
    loader.__iter__ = _on_cpu(loader.__iter__)  # type: ignore[method-assign]
    split = _on_cpu(dataset.random_split)
    dataset.random_split = torch.utils.data.random_split = split


def _on_cpu(function: Callable[..., Any]) -> Callable[..., Any]:
    def on_cpu(*args: Any, **kwargs: Any) -> Any:
        with torch.device(CPU.kind):
            return function(*args, **kwargs)

    return on_cpu


def _listed_on_cpu(function: Callable[..., Iterator[Any]]) -> Callable[..., Iterator[Any]]:
    """All at once: a context that a generator holds open would be everybody's in between."""
    return _on_cpu(lambda *args: iter(list(function(*args))))


@dataclass(frozen=True, slots=True, eq=False)
class Kept:
    """A value that stays as it is and where it is, inside one that is placed."""

    value: Any


def place(value: Any, device: Device) -> Any:
    """A value that came by the wire, its tensors on the device, asking for gradients as before."""
    if device.kind == CPU.kind:
        return value
    kind = type(value)
    if kind is Kept:
        return value.value
    if kind is torch.Tensor:
        return value.detach().to(device.kind).requires_grad_(value.requires_grad)
    if kind in (list, tuple):
        return kind(place(item, device) for item in value)
    if kind is dict:
        return {place(key, device): place(item, device) for key, item in value.items()}
    return value
