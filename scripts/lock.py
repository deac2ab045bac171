"""Write the lists of locked packages that the image is made from (``make lock``).

    .venv/bin/python scripts/lock.py

``constraints/packages.txt`` is what ``pyproject.toml`` asks for without PyTorch,
``constraints/torch.txt`` PyTorch and what comes with it alone (CUDA's libraries and Triton),
``constraints/build.txt`` what builds the wheel. Each line is one version with the hashes of its
files, for every Python that the project runs on (uv's universal resolution). ``digest`` says which
project file a list was made from, so that a test can tell offline when they fell out of step.
docs/design/037-image-and-lock.md has the reasons.
"""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "constraints"
TESTED = FOLDER / "tested.in"
"""The versions that the suite ran with, where the newest are not wanted."""
OLDEST_PYTHON = "3.11"
_TORCH = ("torch", "torchvision", "triton")
_ALONE_WITH_TORCH = re.compile(r"(nvidia|cuda)-")
_PINNED = re.compile(r"^([a-z0-9][a-z0-9._-]*)==", re.MULTILINE)
_HEADER = """\
# Locked for the image, by `make lock`; not edited by hand.
# pyproject.toml: {digest}
"""


def main() -> int:
    """Resolve and write the three lists. Returns 0, or what uv ended with."""
    project = read_project()
    try:
        run = resolved(project["project"]["dependencies"])
        build = resolved(project["build-system"]["requires"])
    except subprocess.CalledProcessError as problem:
        return problem.returncode
    blocks = list(in_blocks(run))
    lists = {
        "packages": [block for block in blocks if not of_torch(name_of(block))],
        "torch": [block for block in blocks if of_torch(name_of(block))],
        "build": list(in_blocks(build)),
    }
    for name, wanted in lists.items():
        text = _HEADER.format(digest=digest(project)) + "".join(wanted)
        (FOLDER / f"{name}.txt").write_text(text, encoding="utf-8")
        print(f"constraints/{name}.txt: {len(wanted)} packages")
    return 0


def read_project() -> dict[str, Any]:
    """``pyproject.toml``, parsed."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def digest(project: dict[str, Any]) -> str:
    """What the lists depend on: what is asked for at run time and to build, and the tested ones."""
    asked = [*project["project"]["dependencies"], "", *project["build-system"]["requires"]]
    text = "\n".join(asked) + TESTED.read_text(encoding="utf-8")
    return hashlib.sha256(text.encode()).hexdigest()


def resolved(requirements: Sequence[str]) -> str:
    """One version of everything that these need, with hashes, as requirement lines.

    Raises:
        subprocess.CalledProcessError: there is no such set, or no network.
    """
    with tempfile.NamedTemporaryFile("w", suffix=".in", encoding="utf-8") as asked:
        asked.write("".join(f"{each}\n" for each in requirements))
        asked.flush()
        words = ["uv", "pip", "compile", "--quiet", "--universal", "--generate-hashes"]
        words += ["--no-header", "--no-annotate", "--no-config", "--python-version", OLDEST_PYTHON]
        words += ["--constraint", str(TESTED), asked.name]
        ran = subprocess.run(
            [sys.executable, "-m", *words], stdout=subprocess.PIPE, text=True, check=True
        )
    return ran.stdout


def in_blocks(text: str) -> Iterable[str]:
    """Each package's lines, its hashes with it."""
    starts = [found.start() for found in _PINNED.finditer(text)]
    for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
        yield text[start:end].rstrip() + "\n"


def name_of(block: str) -> str:
    """The package that a block pins."""
    return block.partition("==")[0]


def of_torch(name: str) -> bool:
    """Whether a package comes with PyTorch's default build, or is it."""
    return name in _TORCH or _ALONE_WITH_TORCH.match(name) is not None


if __name__ == "__main__":
    sys.exit(main())
