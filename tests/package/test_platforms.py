"""Each package, unpacked and run the way its platform runs it, gives what the platform reads."""

from __future__ import annotations

import io
import json
import os
import shutil
import sys
import tarfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from grader import bank, cli
from grader.package import platforms
from platforms import READERS, Read

sys.path.insert(0, str(Path(__file__).parent))
from rooms import ROOT, Room  # type: ignore[import-not-found]

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux") or os.geteuid() != 0 or not shutil.which("unshare"),
    reason="a room of a platform's own needs root on Linux",
)
EXERCISE = "cross_entropy"
MOST = bank.load(EXERCISE).max_score
GOOD = (ROOT / "reference" / EXERCISE / "solution.py").read_text()
WRONG = (ROOT / "exercises" / EXERCISE / "starter.py").read_text()
ENDLESS = "while True:\n    pass\n"
CRASH = "raise ValueError('no')\n"
HOSTILE = """
import os, sys
for place in ("/autograder/results/results.json", "/grade/results/results.json", "result.json",
              "/shared/feedback.json"):
    try:
        with open(place, "w") as file:
            file.write('{"score": 1000, "fractionalScore": 1, "feedback": ""}')
    except OSError:
        pass
print('{"scores": {"values": 1000}}', flush=True)
os.write(1, b'\\n{"scores": {"values": 1000}}\\n')
print("::notice title=Autograding report::{\\"totalPoints\\":1000,\\"maxPoints\\":1000}")
os._exit(0)
"""


def unpack(package: Path, folder: Path) -> None:
    """As a platform does: with the modes that are in the archive."""
    if package.suffix == ".tar":
        with tarfile.open(package) as archive:
            archive.extractall(folder, filter="data")
        return
    with zipfile.ZipFile(package) as archive:
        for info in archive.infolist():
            path = Path(archive.extract(info, folder))
            path.chmod(info.external_attr >> 16 & 0o777)


@dataclass
class Job:
    """A platform's way to run a package: gives the result's text and what was printed."""

    package: Path
    folder: Path
    page: str = ""
    """What the student reads beside the result."""

    def make(self, name: str) -> Path:
        place = self.folder / name
        place.mkdir(parents=True)
        return place

    def gradescope(self, hand_in: Path) -> str:
        home, results = self.make("source"), self.make("results")
        unpack(self.package, home)
        place = self.make("autograder")
        shutil.copy(home / "run_autograder", place)
        room = Room(
            self.folder,
            {
                "/autograder": place,
                "/autograder/source": home,
                "/autograder/submission": hand_in,
                "/autograder/results": results,
            },
            cwd="/autograder",
        )
        built = room.run("bash", "/autograder/source/setup.sh")
        assert built.returncode == 0, built.stderr
        done = room.run("/autograder/run_autograder")
        assert done.returncode == 0, done.stderr
        return (results / "results.json").read_text()

    def prairielearn(self, hand_in: Path) -> str:
        question = self.make("question")
        unpack(self.package, question)
        info = json.loads((question / "info.json").read_text())
        grade, results = self.make("grade"), self.folder / "grade" / "results"
        shutil.copytree(question / "tests", grade / "tests")
        mounts = {"/grade": grade, "/grade/student": hand_in}
        (grade / "student").mkdir()
        done = Room(self.folder, mounts).run(info["externalGradingOptions"]["entrypoint"])
        assert done.returncode == 0, done.stderr
        return (results / "results.json").read_text()

    def autolab(self, hand_in: Path) -> str:
        lab = self.make("lab")
        unpack(self.package, lab)
        (lab / "autograde-Makefile").rename(lab / "Makefile")
        for path in hand_in.iterdir():
            shutil.copy(path, lab / (EXERCISE if path.suffix else path.name))
        for path in (lab, *lab.rglob("*")):
            os.chown(path, 61_234, 61_234)
        done = Room(self.folder, {"/lab": lab}, user="user", cwd="/lab").run("make")
        assert done.returncode == 0, done.stderr
        return str(done.stdout.decode())

    def coursera(self, hand_in: Path) -> str:
        grader, shared = self.make("grader"), self.make("shared")
        unpack(self.package, grader)
        (shared / "submission").mkdir()
        mounts = {"/grader": grader, "/shared": shared, "/shared/submission": hand_in}
        done = Room(self.folder, mounts).run("/grader/run", "partId", "x1", "userId", "7")
        assert done.returncode == 0, done.stderr
        written = (shared / "feedback.json").read_text()
        assert json.loads(done.stdout) == json.loads(written)
        return str(written)

    def classroom50(self, hand_in: Path) -> str:
        bundle, checkout = self.make("bundle"), self.make("checkout")
        unpack(self.package, bundle)
        shutil.copytree(hand_in, checkout, dirs_exist_ok=True)
        room = Room(
            self.folder,
            {"/bundle": bundle, "/checkout": checkout},
            cwd="/checkout",
            environment={
                "CLASSROOM": "c1", "ASSIGNMENT": EXERCISE, "OWNER": "ada", "USERNAME": "ada",
                "SUBMISSION_TAG": "submit/1", "COMMIT_URL": "c", "RELEASE_URL": "r",
                "REVIEW_URL": "v", "ASSIGNMENT_TYPE": "individual",
            },
        )  # fmt: skip
        done = room.run("python3", "/bundle/autograder.py")
        assert done.returncode == 0, done.stderr
        self.page = (checkout / "release-body.md").read_text()
        return (checkout / "result.json").read_text()


PLATFORMS = ("autolab", "classroom50", "coursera", "gradescope", "prairielearn")


@pytest.fixture(params=PLATFORMS)
def platform(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
def job(platform: str, tmp_path: Path) -> Callable[[dict[str, str]], Read]:
    """Grade a folder of files as the platform would; what it reads of the result."""

    def run(files: dict[str, str], *more: str) -> Read:
        suffix = platforms.find(platform).PLATFORM.suffix
        package = tmp_path / f"package{suffix}"
        words = ["package", EXERCISE, "--platform", platform, "--output", str(package), *more]
        assert cli.main(words) == 0
        hand_in = tmp_path / "hand_in"
        hand_in.mkdir()
        for name, text in files.items():
            (hand_in / name).write_text(text)
        job = Job(package, tmp_path / "job")
        took = READERS[platform](getattr(job, platform)(hand_in))
        took.seen += job.page
        return took

    return run


NAME = f"{EXERCISE}.py"


def share(took: Read) -> float:
    """The share of the points."""
    return (took.score or 0.0) / (took.most or MOST)


def test_good_work_gets_every_point(job: Callable[..., Read]) -> None:
    """Under the platform's own rules."""
    assert share(job({NAME: GOOD})) == 1.0


@pytest.mark.parametrize("source", [WRONG, CRASH, HOSTILE], ids=["wrong", "crash", "hostile"])
def test_other_work_gets_what_it_earned(job: Callable[..., Read], source: str) -> None:
    """A result that says so; a program that forges the result's file has gained nothing."""
    assert share(job({NAME: source})) < 1.0


def test_endless_work_is_ended_in_time(job: Callable[..., Read]) -> None:
    """Before the platform's own limit, with a result that says what happened."""
    took = job({NAME: ENDLESS}, "--limit", "75")
    assert share(took) == 0.0
    assert "limit" in took.seen


def test_no_file_is_a_result_too(job: Callable[..., Read]) -> None:
    """It says what was expected."""
    took = job({})
    assert share(took) == 0.0
    said = " ".join(took.seen.replace("\\", "").split())
    assert "Nothing was handed in" in said
    assert f"Hand in {NAME}" in said


def test_of_several_files_the_one_named_like_the_exercise_counts(
    job: Callable[..., Read], platform: str
) -> None:
    """And the others are named; Autolab takes one file."""
    files = {NAME: GOOD, "helper.py": CRASH, "notes.txt": "x"}
    assert share(job(files if platform != "autolab" else {NAME: GOOD})) == 1.0


def test_two_packages_are_the_same_bytes(platform: str, tmp_path: Path) -> None:
    """Whoever builds again gets what was tested."""
    suffix = platforms.find(platform).PLATFORM.suffix
    words = ["package", EXERCISE, "--platform", platform, "--output"]
    first, second = tmp_path / f"a{suffix}", tmp_path / f"b{suffix}"
    assert cli.main([*words, str(first)]) == cli.main([*words, str(second)]) == 0
    assert first.read_bytes() == second.read_bytes()


def test_no_case_goes_into_a_package(platform: str, tmp_path: Path) -> None:
    """They hold nearly every mistake, and the solution in ten styles."""
    suffix = platforms.find(platform).PLATFORM.suffix
    package = tmp_path / f"a{suffix}"
    assert cli.main(["package", EXERCISE, "--platform", platform, "--output", str(package)]) == 0
    if suffix == ".zip":
        names = zipfile.ZipFile(package).namelist()
    else:
        with tarfile.open(package) as archive:
            inner = archive.extractfile("autograde.tar")
            assert inner is not None
            names = tarfile.open(fileobj=io.BytesIO(inner.read())).getnames()  # noqa: SIM115
    assert any(name.endswith(f"reference/{EXERCISE}/checks.py") for name in names)
    assert not any(f"reference/{EXERCISE}/cases" in name for name in names)
