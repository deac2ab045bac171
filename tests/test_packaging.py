"""`grade` works from a checkout, an editable install and a wheel; the bank ships as data."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

import grader

ROOT = Path(__file__).parent.parent
FOLDERS = ("datasets", "exercises", "reference", "rubrics")
LEFT_OVER = ("__pycache__", ".ipynb_checkpoints")
WAYS = ("checkout", "editable", "wheel")

CURIOUS = """
import sysconfig
from pathlib import Path

share = Path(sysconfig.get_path("data")) / "share" / "grade"
secrets = (
    "reference/debug_loop/solution.py",
    "rubrics/debug_loop.yaml",
    "datasets/mnist/heldout.npz",
)
for secret in secrets:
    try:
        print("read", len((share / secret).read_bytes()), "bytes of", share / secret)
    except OSError:
        print("refused")
"""


@dataclass(frozen=True, slots=True)
class Install:
    """One way to have `grade`: an interpreter, and the command that starts it."""

    python: Path
    command: tuple[str, ...]
    cwd: Path

    def grade(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run `grade` with arguments, away from the checkout unless that is what is tested."""
        return run([*self.command, *arguments], cwd=self.cwd)

    def ask(self, code: str) -> str:
        """What a snippet prints in this environment, with nothing of the outside on its path."""
        done = run([str(self.python), "-I", "-c", code], cwd=self.cwd)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()


def run(command: list[str], cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run a command without the variables that would point Python elsewhere."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return subprocess.run(command, cwd=cwd, env=kept, capture_output=True, text=True, check=False)


def must(command: list[str], cwd: Path) -> None:
    """Run a command that has to succeed."""
    done = run(command, cwd)
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}{done.stderr}"


def empty_environment(folder: Path) -> Path:
    """A new environment that has the dependencies of this one, and not the grader.

    A path file links the other site-packages in. Path files *of* that folder are not read
    there, so an editable install of the grader stays invisible.
    """
    venv.create(folder, with_pip=False, symlinks=True)
    paths = sysconfig.get_paths("venv", vars={"base": str(folder), "platbase": str(folder)})
    linked = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    (Path(paths["purelib"]) / "dependencies.pth").write_text("\n".join(sorted(linked)) + "\n")
    return folder / "bin" / "python"


def installed(folder: Path, *what: str) -> Install:
    """A new environment with one thing installed from this machine alone."""
    python = empty_environment(folder / "env")
    pip = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet"]
    must([*pip, "--no-deps", "--no-index", "--no-build-isolation", *what], cwd=ROOT)
    return Install(python, (str(python.parent / "grade"),), cwd=folder)


def shipped() -> set[str]:
    """Every file of the four folders, as a path below the root."""
    return {
        path.relative_to(ROOT).as_posix()
        for folder in FOLDERS
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and not set(LEFT_OVER) & set(path.parts)
    }


@pytest.fixture(scope="session")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a fresh wheel and source distribution."""
    folder = tmp_path_factory.mktemp("dist")
    must([sys.executable, "-m", "hatchling", "build", "-d", str(folder)], cwd=ROOT)
    return folder


@pytest.fixture(scope="session")
def wheel(dist: Path) -> Path:
    """The built wheel."""
    return next(dist.glob("*.whl"))


@pytest.fixture(scope="session")
def from_wheel(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Install:
    """The wheel in an otherwise empty environment."""
    return installed(tmp_path_factory.mktemp("wheel"), str(wheel))


@pytest.fixture(scope="session")
def from_editable(tmp_path_factory: pytest.TempPathFactory) -> Install:
    """An editable install of the checkout."""
    return installed(tmp_path_factory.mktemp("editable"), "--editable", str(ROOT))


@pytest.fixture(scope="session")
def from_checkout(tmp_path_factory: pytest.TempPathFactory) -> Install:
    """The checkout itself, nothing installed."""
    python = empty_environment(tmp_path_factory.mktemp("checkout") / "env")
    return Install(python, (str(python), "-m", "grader"), cwd=ROOT)


@pytest.fixture(params=WAYS)
def install(request: pytest.FixtureRequest) -> Install:
    """`grade` in each of the three ways, one after the other."""
    found = request.getfixturevalue(f"from_{request.param}")
    assert isinstance(found, Install)
    return found


def test_help(install: Install) -> None:
    """The command starts and names its options."""
    done = install.grade("--help")
    assert done.returncode == 0, done.stderr
    assert "--exercise" in done.stdout


def test_exercises_are_found(install: Install) -> None:
    """The bank is found, wherever it lies."""
    done = install.grade("exercises", "--json")
    assert done.returncode == 0, done.stderr
    listed = {exercise["id"]: exercise for exercise in json.loads(done.stdout)}
    assert set(listed) == {path.name for path in (ROOT / "exercises").iterdir() if path.is_dir()}
    assert listed["debug_loop"]["max_score"] == 10


def test_grades_the_repaired_example(install: Install) -> None:
    """The repaired loop gets full marks, with the data that ships."""
    example = str(ROOT / "examples" / "debug_loop_repaired.py")
    done = install.grade(example, "--exercise", "debug_loop", "--format", "json")
    assert done.returncode == 0, done.stdout + done.stderr
    result = json.loads(done.stdout)
    assert result["score"] == result["max_score"] == 10
    assert result["tool"]["version"] == grader.__version__


def test_wheel_is_what_runs(from_wheel: Install) -> None:
    """The installed grader runs from its own environment and not from the checkout."""
    where = from_wheel.ask("import grader; print(grader.__file__)")
    assert where.startswith(str(from_wheel.python.parent.parent))


def test_editable_runs_the_checkout(from_editable: Install) -> None:
    """An editable install runs the files that are being edited."""
    assert from_editable.ask("import grader; print(grader.__file__)").startswith(str(ROOT))


def test_checkout_alone_is_not_installed(from_checkout: Install) -> None:
    """The environment of the checkout test sees no other copy of the grader."""
    code = "import importlib.util as u; print(u.find_spec('grader'))"
    assert from_checkout.ask(code) == "None"


def test_submission_cannot_open_what_ships_beside_it(from_wheel: Install, tmp_path: Path) -> None:
    """The reference, the rubric and the held-out labels of an installed wheel are out of reach."""
    submission = tmp_path / "curious.py"
    submission.write_text(CURIOUS, encoding="utf-8")
    done = from_wheel.grade(str(submission), "--exercise", "debug_loop", "--format", "json")
    assert done.returncode == 1, done.stdout + done.stderr
    result = json.loads(done.stdout)
    if result["run"]["isolation"]["level"] == "none":
        pytest.skip("this machine gives no isolation at all")
    assert result["output"]["stdout"].split() == ["refused"] * 3


@pytest.mark.parametrize("folder", FOLDERS)
def test_bank_is_not_importable(from_wheel: Install, folder: str) -> None:
    """None of the four folders becomes an importable top-level package."""
    code = f"import importlib.util as u; print(u.find_spec({folder!r}))"
    assert from_wheel.ask(code) == "None"


def test_bank_lies_outside_site_packages(from_wheel: Install) -> None:
    """What may be read from site-packages includes no reference, rubric or label."""
    code = "import sysconfig as s; print(s.get_path('purelib')); print(s.get_path('data'))"
    purelib, data = map(Path, from_wheel.ask(code).splitlines())
    secret = {Path(name).name for name in shipped() if name.startswith(("reference/", "rubrics/"))}
    inside = {path.name for path in purelib.rglob("*") if path.is_file()}
    assert {"solution.py", "debug_loop.yaml"} <= secret
    assert secret & inside == set()
    share = data / "share" / "grade"
    assert {path.relative_to(share).as_posix() for path in share.rglob("*") if path.is_file()} >= (
        shipped()
    )


def test_wheel_has_every_file_of_the_bank(wheel: Path) -> None:
    """The wheel carries the four folders whole, and nothing left over by a run."""
    prefix = f"{wheel.name.split('-')[0]}-{grader.__version__}.data/data/share/grade/"
    with zipfile.ZipFile(wheel) as file:
        names = file.namelist()
    inside = {name.removeprefix(prefix) for name in names if name.startswith(prefix)}
    assert inside == shipped()


def test_wheel_has_every_file_of_the_package(wheel: Path) -> None:
    """Templates, schema, conformance programs and the typing marker travel with the code."""
    with zipfile.ZipFile(wheel) as file:
        inside = {name for name in file.namelist() if name.startswith("grader/")}
    expected = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "grader").rglob("*")
        if path.is_file() and not set(LEFT_OVER) & set(path.parts)
    }
    assert "grader/py.typed" in inside
    assert inside == expected


def test_wheel_has_nothing_else(wheel: Path) -> None:
    """At the top of the wheel there is the package and its metadata."""
    with zipfile.ZipFile(wheel) as file:
        tops = {name.split("/")[0] for name in file.namelist()}
    stem = f"{wheel.name.split('-')[0]}-{grader.__version__}"
    assert tops == {"grade", "grader", f"{stem}.data", f"{stem}.dist-info"}


def test_source_distribution_is_whole(dist: Path) -> None:
    """The source distribution carries the bank, the tests, and all that builds and proves it."""
    with tarfile.open(next(dist.glob("*.tar.gz"))) as file:
        inside = {name.split("/", 1)[1] for name in file.getnames() if "/" in name}
    assert shipped() <= inside
    assert {"Makefile", "README.md", "LICENSE", ".ci/run", "tests/test_packaging.py"} <= inside
    assert {"scripts/environment.py", "examples/debug_loop_repaired.py"} <= inside


def test_source_distribution_builds_the_same_wheel(dist: Path, wheel: Path, tmp_path: Path) -> None:
    """A wheel built from the source distribution has the same files."""
    with tarfile.open(next(dist.glob("*.tar.gz"))) as file:
        file.extractall(tmp_path)
    (source,) = tmp_path.iterdir()
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    must(build, cwd=source)
    with zipfile.ZipFile(wheel) as direct, zipfile.ZipFile(tmp_path / wheel.name) as rebuilt:
        assert set(rebuilt.namelist()) == set(direct.namelist())


def test_version_is_stated_once(wheel: Path) -> None:
    """The wheel's version is the package's, which no other file repeats."""
    assert wheel.name.split("-")[1] == grader.__version__
    assert grader.__version__ not in (ROOT / "pyproject.toml").read_text(encoding="utf-8")
