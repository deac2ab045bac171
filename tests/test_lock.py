"""The locked lists of the image are in step with the project file."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
LISTS = ("packages", "torch", "build")
PYTHONS = ("3.11", "3.12", "3.13", "3.14")


@pytest.fixture(scope="module")
def lock() -> ModuleType:
    """``scripts/lock.py``, which is no part of a package."""
    spec = importlib.util.spec_from_file_location("lock", ROOT / "scripts/lock.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["lock"] = module
    spec.loader.exec_module(module)
    return module


def _pins(lock: ModuleType, name: str) -> list[Requirement]:
    text = (lock.FOLDER / f"{name}.txt").read_text()
    lines = (block.partition("\\")[0] for block in lock.in_blocks(text))
    return [Requirement(line) for line in lines]


@pytest.mark.parametrize("name", LISTS)
def test_the_lists_are_of_this_project_file(lock: ModuleType, name: str) -> None:
    """A dependency that was added, changed or dropped since needs `make lock`."""
    text = (lock.FOLDER / f"{name}.txt").read_text()
    assert lock.digest(lock.read_project()) in text, "pyproject.toml has changed: make lock"


def test_every_dependency_is_pinned_for_every_python(lock: ModuleType) -> None:
    """There is exactly one version of each for each Python, and the project file allows it."""
    asked = [Requirement(each) for each in lock.read_project()["project"]["dependencies"]]
    pins = [*_pins(lock, "packages"), *_pins(lock, "torch")]
    for wanted in asked:
        for python in PYTHONS:
            facts = {"python_version": python, "python_full_version": f"{python}.1"}
            facts |= {"sys_platform": "linux", "platform_machine": "x86_64"}
            found = [
                pin
                for pin in pins
                if canonicalize_name(pin.name) == canonicalize_name(wanted.name)
                and (pin.marker is None or pin.marker.evaluate(facts))
            ]
            assert len(found) == 1, (wanted, python)
            (version,) = (each.version for each in found[0].specifier)
            assert wanted.specifier.contains(version), (wanted, version)


@pytest.mark.parametrize("name", LISTS)
def test_every_pin_has_hashes_and_no_address(lock: ModuleType, name: str) -> None:
    """Pip refuses a file that isn't one of the hashed; where it comes from is the builder's."""
    text = (lock.FOLDER / f"{name}.txt").read_text()
    for block in lock.in_blocks(text):
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", block), block
    assert "://" not in text


def test_torch_is_the_version_of_the_suite(lock: ModuleType) -> None:
    """What the image has is what CONTRIBUTING.md says was tested."""
    tested = lock.TESTED.read_text()
    said = (ROOT / "CONTRIBUTING.md").read_text()
    for version in re.findall(r"==(\S+)", tested):
        assert version in said
    versions = {pin.name: str(pin.specifier) for pin in _pins(lock, "torch")}
    for name in ("torch", "torchvision"):
        assert f"{name}{versions[name]}" in tested
