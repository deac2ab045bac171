"""``grade diagnose``: scripts of one's own, of many kinds, behind the wall."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import jsonschema
import pytest

from grader import diagnosis, submission
from grader.cli import main
from grader.diagnosis import Script, is_clean
from grader.export.diagnosis import SCHEMA_FILE, render_json
from grader.export.formats import sarif
from grader.model import Outcome, Report, SubmissionKind
from grader.pipeline import Options
from grader.report.diagnosis import render_text
from grader.report.html import render_html
from grader.runner.outside.warm import Zygote
from grader.shown.view import shown
from recording import MARK

HERE = Path(__file__).parent
SCRIPTS = HERE / "scripts"
GOOD = sorted(SCRIPTS.glob("ok_*"))
BAD = sorted(SCRIPTS.glob("bad_*"))
ARGUMENTS = {"bad_package": ("--epochs", "3")}
MATCHER = json.loads((HERE.parents[1] / "docs" / "diagnose.tasks.json").read_text("utf-8"))

LOOP = """\
import torch
from torch import nn

torch.manual_seed(0)
y = torch.randint(0, 2, (128,))
x = torch.randn(128, 6) + 2.0 * y[:, None]
net = nn.Sequential(nn.Linear(6, 8), nn.ReLU(), nn.Linear(8, 2))
opt = torch.optim.SGD(net.parameters(), lr=0.1)
for step in {steps}:
    {clear}
    loss = nn.functional.cross_entropy(net(x), y)
    loss.backward()
    opt.step()
    {more}
"""


def loop(steps: str = "range(30)", clear: str = "opt.zero_grad()", more: str = "pass") -> str:
    """A small training; without its clearing it has a fault in line 12."""
    return LOOP.format(steps=steps, clear=clear, more=more)


@pytest.fixture(scope="module")
def zygote() -> Iterator[Zygote]:
    """One warm process for all of them."""
    warm = Zygote()
    yield warm
    warm.close()


class Bench:
    """Diagnoses a text, or a file, and keeps the last script for its renderers."""

    def __init__(self, zygote: Zygote, folder: Path) -> None:
        self._zygote = zygote
        self._folder = folder

    def __call__(
        self,
        source: str,
        *arguments: str,
        read: tuple[Path, ...] = (),
        steps: int | None = None,
        timeout_s: float = 60.0,
    ) -> Report:
        path = self._folder / "train.py"
        path.write_text(source, encoding="utf-8")
        return self.file(path, *arguments, read=read, steps=steps, timeout_s=timeout_s)

    def file(
        self,
        path: Path,
        *arguments: str,
        read: tuple[Path, ...] = (),
        steps: int | None = None,
        timeout_s: float = 60.0,
    ) -> Report:
        self.script = Script(
            submission=submission.read(path, SubmissionKind.SCRIPT),
            path=path,
            arguments=arguments,
            readable=read,
            steps=steps,
        )
        return diagnosis.diagnose(self.script, Options(timeout_s=timeout_s), self._zygote)


@pytest.fixture
def bench(zygote: Zygote, tmp_path: Path) -> Bench:
    """``bench(source, *arguments, ...)``: the report of a script with that text."""
    return Bench(zygote, tmp_path)


def found(report: Report) -> list[tuple[str, str, int]]:
    """Rule, file name and line of each finding, in order."""
    return [
        (one.rule, Path(one.place.file).name, one.place.line) if one.place else (one.rule, "", 0)
        for one in report.verdict.findings
    ]


def table(folder: Path) -> Path:
    """A folder with a table of five columns, of which the last follows from the others."""
    rows = [[(7 * k + 3 * c) % 11 - 5 for c in range(4)] for k in range(200)]
    lines = [",".join(map(str, [*row, 2 * row[0] - row[3]])) for row in rows]
    (folder / "data").mkdir()
    (folder / "data" / "table.csv").write_text("\n".join(["a,b,c,d,y", *lines]), "utf-8")
    return folder / "data"


# --- scripts of many kinds ------------------------------------------------------------------


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_a_script_that_trains_well_is_accused_of_nothing(
    path: Path, bench: Bench, tmp_path: Path
) -> None:
    """Whatever it trains, and however: no finding, and exit code 0."""
    copied = tmp_path / path.name
    copied.write_text(path.read_text("utf-8"), "utf-8")
    read = (table(tmp_path),) if "csv" in path.name else ()
    report = bench.file(copied, read=read)
    assert (found(report), report.run.outcome) == ([], Outcome.OK)
    assert is_clean(report)
    assert report.metrics["steps"] > 0
    assert report.curves["loss"]


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_a_script_with_a_fault_is_told_where(path: Path, bench: Bench) -> None:
    """The marked line is found, in the script, in a module of its own, or in a notebook's cell."""
    report = bench.file(path, *ARGUMENTS.get(path.stem, ()))
    places = [(one.rule, one.place) for one in report.verdict.findings]
    for rule, place in places:
        assert place is not None
        line = _line(Path(place.file), place.line, place.cell)
        assert (MARK.search(line) or ["", ""])[1] == rule
    assert len(places) == 1
    assert not is_clean(report)


def _line(path: Path, line: int, cell: int | None) -> str:
    text = path.read_text("utf-8")
    if cell is not None:
        text = json.loads(text)["cells"][cell - 1]["source"]
    return text.split("\n")[line - 1]


# --- what a script finds around it ------------------------------------------------------------


def test_a_folder_that_is_not_named_is_not_seen(bench: Bench, tmp_path: Path) -> None:
    """The script's own folder stays shut but for its modules; the advice names the option."""
    secret = table(tmp_path)
    report = bench(f"open({str(secret / 'table.csv')!r})")
    assert report.run.outcome in {Outcome.CRASHED, Outcome.FORBIDDEN}
    report = bench("open('data/table.csv')")
    assert report.run.crash is not None
    assert report.run.crash.type == "FileNotFoundError"
    assert any("--read DIR" in note for note in report.run.notes)


def test_a_named_folder_is_at_its_own_path_and_where_the_script_looks(
    bench: Bench, tmp_path: Path
) -> None:
    """Absolute, and relative to the script; and nothing in it can be changed."""
    folder = table(tmp_path)
    report = bench(
        f"open({str(folder / 'table.csv')!r})\nopen('data/table.csv')\n"
        "try:\n    open('data/new', 'w')\nexcept OSError:\n    print('kept')\n",
        read=(folder,),
    )
    assert report.run.crash is None
    assert report.run.output.stdout == "kept\n"


def test_the_folder_itself_can_be_named(bench: Bench, tmp_path: Path) -> None:
    """``--read .``: each of its entries is where the script looks."""
    table(tmp_path)
    report = bench("print(open('data/table.csv').readline())", read=(tmp_path,))
    assert report.run.output.stdout.strip() == "a,b,c,d,y"


def test_what_it_makes_beside_its_folder_has_a_place(bench: Bench) -> None:
    """Tutorials keep their data at ../../data; it is gone afterwards."""
    source = "import os\nos.makedirs('../../data/mnist')\nopen('../models.pt', 'w').write('x')"
    assert bench(source).run.crash is None


def test_arguments_are_the_scripts_own(bench: Bench) -> None:
    """They stand in sys.argv, behind its name."""
    assert bench("import sys\nprint(sys.argv)", "--lr", "0.1").run.output.stdout == (
        "['train.py', '--lr', '0.1']\n"
    )


def test_arguments_that_are_missing_are_no_success(bench: Bench) -> None:
    """A script that ends itself with an exit code has not been diagnosed."""
    source = (
        "import argparse\np = argparse.ArgumentParser()\np.add_argument('rows')\np.parse_args()"
    )
    report = bench(source)
    assert report.run.outcome is Outcome.CRASHED
    assert any("two dashes" in note for note in report.run.notes)
    assert not is_clean(report)


# --- the time box -----------------------------------------------------------------------------


def test_a_training_without_end_is_diagnosed_from_its_beginning(bench: Bench) -> None:
    """What was recorded when the time was up is judged, and the report says how far it came."""
    report = bench(loop("iter(int, 1)"), timeout_s=2.0)
    assert report.run.outcome is Outcome.TIMED_OUT
    assert re.search(r"it had come to step [\d,]+, with a loss", report.run.reason)
    assert found(report) == []
    assert is_clean(report)
    report = bench(loop("iter(int, 1)", clear="pass"), timeout_s=2.0)
    assert found(report) == [("gradients-not-cleared", "train.py", 12)]
    assert not is_clean(report)


def test_steps_end_a_training(bench: Bench) -> None:
    """As many as were asked for, and that is no crash."""
    report = bench(loop("iter(int, 1)"), steps=20)
    assert report.run.outcome is Outcome.OK
    assert report.metrics["steps"] == 20
    assert any("20 steps" in note for note in report.run.notes)


def test_a_script_that_hangs_is_no_success(bench: Bench) -> None:
    """Without a single step nothing is known of it."""
    report = bench("while True:\n    pass", timeout_s=1.0)
    assert report.run.outcome is Outcome.TIMED_OUT
    assert not is_clean(report)


def test_replays_have_a_share_of_the_time(bench: Bench) -> None:
    """A slow start, at a rate that ruins all: the questions end with their share of the box."""
    slow = "import time\ntime.sleep(1.5)\n" + loop().replace("lr=0.1", "lr=1e4")
    report = bench(slow, timeout_s=4.0)
    assert any("--timeout" in note for note in report.run.notes)
    assert report.run.wall_s < 10.0


# --- other ends -------------------------------------------------------------------------------


def test_a_script_without_a_training_says_so(bench: Bench) -> None:
    """There is nothing to find, and that is told."""
    report = bench("print(1)")
    assert is_clean(report)
    assert any("Nothing was trained" in note for note in report.run.notes)


@pytest.mark.parametrize(
    ("source", "outcome", "said"),
    [
        ("input('? ')", Outcome.CRASHED, "EOFError"),
        ("import nowhere_at_all", Outcome.CRASHED, "ModuleNotFoundError"),
        ("for x in range(3)\n    pass", Outcome.INVALID, "SyntaxError"),
        (loop(more="import os; os._exit(0)"), Outcome.CRASHED, ""),
        (loop(more="raise ValueError(step)"), Outcome.CRASHED, "ValueError"),
    ],
)
def test_a_crash_is_told(bench: Bench, source: str, outcome: Outcome, said: str) -> None:
    """Whatever ends it, what was recorded before is kept, and the exit code is 1."""
    report = bench(source)
    assert report.run.outcome is outcome
    assert (report.run.crash.type if report.run.crash else "") == said
    assert not is_clean(report)


def test_a_crash_is_explained(bench: Bench) -> None:
    """At its line, with what the values were."""
    report = bench("import torch\ntorch.nn.Linear(5, 2)(torch.ones(4, 3))")
    text = render_text(report, diagnosis.sources(bench.script))
    assert "train.py:2:1: error: RuntimeError: mat1 and mat2" in text
    assert "The layer takes inputs with 5 numbers" in text


# --- what comes out ---------------------------------------------------------------------------


def test_json_is_as_the_schema_says(bench: Bench) -> None:
    """Schema ``grade.diagnosis/1``; also of a crash, and of a time-out."""
    schema = json.loads(SCHEMA_FILE.read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    crashed, plain = (
        json.loads(render_json(bench(source))) for source in ("1 / 0", loop(clear="pass"))
    )
    for result in (crashed, plain):
        jsonschema.validate(result, schema)
        assert result["schema"] == "grade.diagnosis/1"
    (finding,) = plain["findings"]
    assert (finding["rule"], finding["line"]) == ("gradients-not-cleared", 12)
    assert len(plain["curves"]["loss"]) == 30


def test_every_line_of_a_finding_matches_the_editors_pattern(bench: Bench) -> None:
    """The pattern of docs/diagnose.tasks.json finds file, line, level, rule and sentence."""
    report = bench(loop(clear="pass"))
    pattern = MATCHER["tasks"][0]["problemMatcher"]["pattern"]
    text = render_text(report, diagnosis.sources(bench.script))
    matches = [m for line in text.splitlines() if (m := re.match(pattern["regexp"], line))]
    (match,) = matches
    assert Path(match[pattern["file"]]).name == "train.py"
    assert (match[pattern["line"]], match[pattern["severity"]]) == ("12", "error")
    assert match[pattern["code"]] == "gradients-not-cleared"
    assert match[pattern["message"]] == "step 2 adds its gradients to those of step 1"
    assert match[pattern["column"]] == "5", "editors underline from the call, not from the indent"


def test_sarif_and_the_page_have_the_line(bench: Bench) -> None:
    """The same finding in a code scanner's format, and in the report with its curves."""
    report = bench(loop(clear="pass"))
    (log,) = json.loads(sarif.render(shown(report)))["runs"]
    (result,) = log["results"]
    (place,) = result["locations"]
    region = place["physicalLocation"]["region"]
    assert region == {"startLine": 12, "startColumn": 5, "endColumn": 5 + len("loss.backward()")}
    page = render_html(report)
    assert "gradients-not-cleared" in page
    assert "Training loss" in page


def test_the_page_has_pictures_of_each_layer(bench: Bench) -> None:
    """The layers of the model, of which most has come all the way from the script's process."""
    report = bench(loop())
    assert report.layers
    assert all(one.steps[0] == 1 and one.gradient[0] > 0 for one in report.layers)
    assert 'id="layers"' in render_html(report)


def test_the_command_ends_as_it_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """1 something, 2 what can't be diagnosed; paths are as they were given."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "bad.py").write_text(
        "import sys\n" + loop("range(int(sys.argv[1]))", "pass")
    )
    assert main(["diagnose", "src/bad.py", "--report", "r.html", "--", "12"]) == 1
    assert "src/bad.py:13:5: error:" in capsys.readouterr().out
    assert "gradients-not-cleared" in (tmp_path / "r.html").read_text("utf-8")
    assert main(["diagnose", "nothing.py"]) == 2
    assert main(["diagnose", "src/bad.py", "--read", "nowhere"]) == 2
