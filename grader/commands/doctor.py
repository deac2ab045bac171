"""``grade doctor``: what this machine gives, for the person who sets it up."""

from __future__ import annotations

import argparse
import json
import platform
import subprocess
import sys
from collections.abc import Iterator, Mapping
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from grader import __version__, bank, datasets
from grader.commands import ExitCode, console
from grader.errors import GraderError
from grader.runner.outside import devices
from grader.runner.wall.survey import survey

_PACKAGES = (
    "torch",
    "torchvision",
    "numpy",
    "pytest",
    "nbformat",
    "jinja2",
    "pygments",
    "pyyaml",
    "safetensors",
)

# In a process of its own: loading torch takes seconds and 400 MB, and asking for CUDA devices
# starts threads.
_DEVICES = """
import json, torch
cuda = [torch.cuda.get_device_name(i) for i in range(torch.cuda.device_count())]
print(json.dumps({"cpu": torch.get_num_threads(), "cuda": cuda}))
"""
_DEVICES_S = 120.0

Facts = Mapping[str, Any]


def run(arguments: argparse.Namespace) -> ExitCode:
    """Prints the facts; the exit code says whether a submission can be graded here."""
    facts = _facts()
    if arguments.json:
        console.put_json(facts)
    else:
        console.put("".join(f"{line}\n" for line in _lines(facts)))
    return ExitCode.NOT_PASSED if facts["problems"] else ExitCode.PASSED


def _facts() -> Facts:
    problems: list[str] = []
    exercises = _exercises(problems)
    packages = {name: _version(name) for name in _PACKAGES}
    problems += [f"{name} is not installed" for name, found in packages.items() if not found]
    return {
        "grade": __version__,
        "python": platform.python_version(),
        "platform": platform.platform(),
        "packages": packages,
        "devices": _devices(problems),
        "exercises": exercises,
        "data": _data(problems),
        "isolation": _isolation(problems),
        "problems": problems,
    }


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _exercises(problems: list[str]) -> list[str]:
    try:
        return [bank.load(name).id for name in bank.all_ids()]
    except GraderError as error:
        problems.append(str(error))
        return []


def _data(problems: list[str]) -> list[dict[str, str | None]]:
    try:
        found = datasets.survey()
    except GraderError as error:
        problems.append(str(error))
        return []
    return [
        {"name": item.name, "kind": item.kind, "folder": str(item.folder) if item.folder else None}
        for item in found
    ]


def _devices(problems: list[str]) -> dict[str, Any]:
    """What torch sees (CPU threads, names of CUDA devices), and what ``--device cuda`` lacks.

    That a GPU is there doesn't say that it works from behind the wall: nothing here tries it.
    """
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-c", _DEVICES],
            capture_output=True,
            text=True,
            check=True,
            timeout=_DEVICES_S,
        )
        return {**json.loads(done.stdout), "cuda_lacks": devices.missing()}
    except subprocess.TimeoutExpired:
        problems.append(f"torch was not ready after {_DEVICES_S:g} s")
    except subprocess.CalledProcessError as error:
        last = (error.stderr.strip().splitlines() or ["no message"])[-1]
        problems.append(f"torch can't be loaded: {last}")
    except ValueError:
        problems.append("torch printed something else than its devices")
    return {"cpu": 0, "cuda": [], "cuda_lacks": "torch can't be loaded"}


def _isolation(problems: list[str]) -> dict[str, Any]:
    """The layers of the wall, and how it stood up to the attacks that it should refuse."""
    found = survey()
    problems += [
        f"the attack {attack.name} got through: {', '.join(attack.got)}"
        for attack in found.attacks
        if not attack.refused
    ]
    return {
        "level": found.isolation.level.value,
        "layers": list(found.isolation.layers),
        "missing": list(found.isolation.missing),
        "attacks": [
            {"name": attack.name, "about": attack.about, "refused": attack.refused}
            for attack in found.attacks
        ],
    }


def _gpus(found: Mapping[str, Any]) -> str:
    lacks = found["cuda_lacks"]
    if lacks:
        return f"; --device cuda can't be had: {lacks}"
    names = ", ".join(found["cuda"]) or "a GPU that torch can't open"
    return f"; {names} (not tried from behind the wall: docs/gpu.md)"


def _lines(facts: Facts) -> Iterator[str]:
    yield f"grade      {facts['grade']}, Python {facts['python']}, {facts['platform']}"
    yield "packages   " + ", ".join(f"{name} {found}" for name, found in facts["packages"].items())
    yield f"devices    cpu ({facts['devices']['cpu']} threads){_gpus(facts['devices'])}"
    yield "exercises  " + (", ".join(facts["exercises"]) or "none")
    for item in facts["data"]:
        yield f"data       {item['name']}: {item['kind']}, {item['folder'] or 'not laid out yet'}"
    isolation = facts["isolation"]
    yield f"isolation  {isolation['level']}: {', '.join(isolation['layers']) or 'no layer'}"
    for missing in isolation["missing"]:
        yield f"           missing: {missing}"
    attacks = isolation["attacks"]
    if attacks:
        refused = sum(attack["refused"] for attack in attacks)
        yield f"           {refused} of {len(attacks)} attacks refused"
    for problem in facts["problems"]:
        yield f"problem    {problem}"
