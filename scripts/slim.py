"""Take out of PyTorch's default build what a CPU never loads. Run by the Dockerfile, inside.

    /opt/grade/bin/python slim.py FOLDER      # FOLDER: the site-packages that pip filled

PyTorch's default wheels need some of CUDA's libraries to be loaded at all, and most of them not.
So a small training runs first, and every shared library below ``nvidia`` that the process did
not map is removed; with it Triton, headers and static libraries, which only a compiler reads. A
second process then trains again with what is left, and its failure is the build's.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

_TRAINING = """
import torch, torchvision
model = torch.nn.Sequential(torch.nn.Conv2d(1, 4, 3), torch.nn.Flatten(), torch.nn.Linear(2704, 10))
optimizer = torch.optim.Adam(model.parameters())
images, labels = torch.rand(8, 1, 28, 28), torch.randint(10, (8,))
for _ in range(3):
    optimizer.zero_grad()
    torch.nn.functional.cross_entropy(model(images), labels).backward()
    optimizer.step()
torch.linalg.svd(torch.rand(4, 4)), torch.fft.fft(torch.rand(8))
torchvision.ops.nms(torch.rand(4, 4), torch.rand(4), 0.5)
print(open("/proc/self/maps").read())
"""
_ONLY_FOR_COMPILERS = ("torch/include", "torch/share", "torch/bin/protoc", "triton", "cuda")


def main() -> int:
    """Slim the folder that the words name. Returns 0."""
    packages = Path(sys.argv[1])
    used = _mapped(packages)
    for path in [*_unused(packages, used), *(packages / name for name in _ONLY_FOR_COMPILERS)]:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    _mapped(packages)
    return 0


def _mapped(packages: Path) -> set[Path]:
    """The files that a process has in its memory after a small training."""
    words = [sys.executable, "-c", _TRAINING]
    ran = subprocess.run(
        words, stdout=subprocess.PIPE, text=True, check=True, env={"PYTHONPATH": str(packages)}
    )
    places = (line.split(maxsplit=5)[5] for line in ran.stdout.splitlines() if "/" in line)
    return {Path(place) for place in places}


def _unused(packages: Path, used: set[Path]) -> Iterator[Path]:
    """Files of CUDA's packages that nothing mapped; notices of licences stay."""
    for path in (packages / "nvidia").rglob("*"):
        if path.is_file() and path not in used and "licen" not in path.name.lower():
            yield path
    yield from (packages / "torch" / "lib").glob("*.a")


if __name__ == "__main__":
    sys.exit(main())
