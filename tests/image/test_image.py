"""The image, built for real and used as a platform would: `make image-test`.

Buildah builds it with chroot isolation on a base that debootstrap makes, so that neither a
daemon nor a registry of images is needed; root is. ``GRADE_IMAGE_BASE`` names a base folder that
is there already, ``GRADE_IMAGE_ARGS`` more words for ``buildah bud`` (a pip.conf to mount, build
arguments), ``GRADE_IMAGE_STORE`` a folder that keeps what was built from one run to the next.
"""

from __future__ import annotations

import json
import os
import shlex
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
BASE_PACKAGES = "python3,python3-venv,ca-certificates"
TOOLS = ("gcc", "cc", "g++", "ld", "as", "make", "pip", "pip3")


@dataclass(frozen=True)
class Image:
    """A built image: what it says of itself, its root folder, and each layer's size in bytes."""

    config: dict[str, Any]
    root: Path
    layers: list[tuple[str, int]]

    def run(self, *words: str, user: str = "1000:0") -> subprocess.CompletedProcess[str]:
        """Run its entry point as ``docker run --read-only --tmpfs /tmp --network none`` does."""
        root = shlex.quote(str(self.root))
        lines = [
            "set -eu",
            f"mount --bind {root} {root}",
            f"mount -o remount,bind,ro {root}",
            f"mount -t proc proc {root}/proc",
            f"mount --rbind /dev {root}/dev",
            f"mount -t tmpfs -o mode=1777 tmpfs {root}/tmp",
            f"mount --bind {shlex.quote(str(EXAMPLES))} {root}/submissions",
            f"exec chroot --userspec={user} {root} sh -c "
            + shlex.quote(f"cd /submissions && exec {shlex.join(words)}"),
        ]
        environment = dict(each.split("=", 1) for each in self.config["Env"])
        return subprocess.run(
            ["unshare", "--mount", "--net", "--ipc", "--propagation", "private", "sh", "-c",
             "\n".join(lines)],
            env={"HOME": "/home/grader", **environment},
            capture_output=True, text=True, check=False, timeout=900,
        )  # fmt: skip


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Image]:
    """The image of the target ``cpu``, built with what GRADE_IMAGE_ARGS adds."""
    work = tmp_path_factory.mktemp("image")
    # Without copying a layer for each instruction; STORAGE_DRIVER=vfs where overlays are refused.
    os.environ.setdefault("STORAGE_DRIVER", "overlay")
    store = Path(os.environ.get("GRADE_IMAGE_STORE", work / "store"))
    buildah = ["buildah", "--root", str(store / "root")]
    buildah += ["--runroot", str(store / "run")]

    def say(*words: str) -> str:
        ran = subprocess.run([*buildah, *words], stdout=subprocess.PIPE, text=True, check=True)
        return ran.stdout.strip()

    if not say("images", "--quiet", "--filter", "reference=localhost/grade-base"):
        base = say("from", "scratch")  # in a store that is kept, what was built on it counts too
        say("add", "--quiet", base, str(_base(work)), "/")
        say("commit", "--quiet", base, "grade-base")
        say("rm", base)
    more = shlex.split(os.environ.get("GRADE_IMAGE_ARGS", ""))
    say("bud", "--isolation", "chroot", "--format", "docker", "--layers", "--target", "cpu",
        "--build-arg", "BASE=localhost/grade-base", *more, "--tag", "grade", str(ROOT))  # fmt: skip
    config = json.loads(say("inspect", "--type", "image", "grade"))["Docker"]
    said = work / "pushed"
    say("push", "--quiet", "--disable-compression", "grade", f"dir:{said}")
    container = say("from", "--pull-never", "grade")
    try:
        yield Image(config["config"], Path(say("mount", container)), _layers(config, said))
    finally:
        say("rm", container)


def _base(work: Path) -> Path:
    if "GRADE_IMAGE_BASE" in os.environ:
        return Path(os.environ["GRADE_IMAGE_BASE"])
    place = work / "base"
    subprocess.run(
        ["debootstrap", "--variant=minbase", f"--include={BASE_PACKAGES}", "stable", str(place)],
        stdout=subprocess.DEVNULL,
        check=True,
    )
    return place


def _layers(config: dict[str, Any], pushed: Path) -> list[tuple[str, int]]:
    """What made each layer, and its size as it lies on a disk."""
    sizes = [each["size"] for each in json.loads((pushed / "manifest.json").read_text())["layers"]]
    made = [each["created_by"] for each in config["history"] if not each.get("empty_layer")]
    assert len(sizes) == len(made)
    return list(zip(made, sizes, strict=True))


def test_what_it_says_of_itself(image: Image) -> None:
    """A user who isn't root, labels, a health check, and `grade` as its command."""
    config = image.config
    assert config["User"] == "grader"
    assert config["Entrypoint"] == ["grade"]
    assert config["Healthcheck"]["Test"] == ["CMD", "grade", "doctor"]
    assert config["Labels"]["org.opencontainers.image.licenses"] == "MIT"


def test_sizes_by_layer(image: Image) -> None:
    """Each layer's size is told; the grader's own layers are small."""
    print()
    for made, size in image.layers:
        print(f"{size / 1e6:9.1f} MB  {made[:100]}")
    print(f"{sum(size for _, size in image.layers) / 1e6:9.1f} MB  in all")
    own = [size for made, size in image.layers[-2:]]
    assert sum(own) < 60e6


def test_nothing_that_builds_is_left(image: Image) -> None:
    """There is no compiler, no pip and no cache of pip in it."""
    for folder in ("usr/bin", "usr/local/bin", "opt/grade/bin"):
        found = {path.name for path in (image.root / folder).glob("*")}
        assert not found & set(TOOLS), folder
    assert not list(image.root.glob("root/.cache/*"))
    assert not list(image.root.glob("tools"))


@pytest.mark.parametrize("user", ["1000:0", "0:0"], ids=["grader", "root"])
def test_it_grades_the_demo(image: Image, user: str) -> None:
    """Read-only, with a tmpfs for work and no network: five findings, and none once repaired."""
    words = ("--exercise", "debug_loop", "--format", "json")
    ran = image.run("grade", "debug_loop_buggy.py", *words, user=user)
    assert ran.returncode == 1, ran.stderr
    result = json.loads(ran.stdout)
    assert result["score"] == 0
    assert len({finding["rule"] for finding in result["findings"]}) == 5
    ran = image.run("grade", "debug_loop_repaired.py", *words, user=user)
    assert ran.returncode == 0, ran.stderr
    result = json.loads(ran.stdout)
    assert (result["score"], result["passed"]) == (10, True)
    print(f"\nas {user}: {result['run']['isolation']}, {result['run']['wall_s']:.1f} s")


@pytest.mark.parametrize("user", ["1000:0", "0:0"], ids=["grader", "root"])
def test_its_health_check_is_green(image: Image, user: str) -> None:
    """`grade doctor` finds everything that grading needs."""
    ran = image.run("grade", "doctor", user=user)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    print(f"\n{ran.stdout}")


def test_the_bank_is_closed_to_other_users(image: Image) -> None:
    """The reference solutions are for the grader's own user and group."""
    place = "/opt/grade/share/grade/reference/debug_loop/solution.py"
    assert image.run("cat", place).returncode == 0
    assert image.run("cat", place, user="1001:1001").returncode != 0
