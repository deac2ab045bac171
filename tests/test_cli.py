"""The command line: words in, results and exit codes out, one sentence for each mistake."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any, Self

import jsonschema
import pytest

from grader import cli
from grader.commands import grade as grade_command
from grader.commands.options import COMMANDS
from grader.errors import BankError, GraderFault, StudentFault, UsageError
from grader.export import formats
from grader.export.json import SCHEMA_FILE
from grader.model import Exercise, IsolationPolicy, Outcome, Report, Submission
from grader.pipeline import Options
from records import FINDING, failed, passed, report

ROOT = Path(__file__).parent.parent
PASSED = report(passed("zero_grad"), passed("learns"))
FAILED = report(failed("zero_grad", FINDING), passed("learns"))
FAULT = report(outcome=Outcome.GRADER_FAULT)


class StubGrader:
    """Answers with a prepared report, or raises a prepared error."""

    answer: Report | BaseException = PASSED
    seen: tuple[Options, Exercise, Submission] | None = None
    closed = False

    def __init__(self, options: Options) -> None:
        self.options = options

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        type(self).closed = True

    def grade(self, exercise: Exercise, submission: Submission) -> Report:
        """Gives the answer, and notes what it was asked."""
        cls = type(self)
        cls.seen = (self.options, exercise, submission)
        if isinstance(cls.answer, BaseException):
            raise cls.answer
        return cls.answer


@pytest.fixture
def stub(monkeypatch: pytest.MonkeyPatch) -> type[StubGrader]:
    """Puts a stub in the pipeline's place."""
    fresh = type("Fresh", (StubGrader,), {})
    monkeypatch.setattr(grade_command, "Grader", fresh)
    return fresh


@pytest.fixture
def work(tmp_path: Path) -> Path:
    path = tmp_path / "work.py"
    path.write_text("x = 1\n")
    return path


def run(*words: str | Path) -> int:
    return cli.main([str(word) for word in words])


def grade(path: Path, *words: str | Path) -> int:
    return run(path, "--exercise", "debug_loop", *words)


# --- grading --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [
        ("--exercise", "debug_loop", "WORK"),
        ("--exercise", "debug_loop", "--no-progress", "--", "WORK"),
        ("--no-progress", "WORK", "--exercise", "debug_loop"),
        ("--exercise=debug_loop", "--output", "OUT.py", "--seed", "3", "WORK"),
        ("--report", "OUT.ipynb", "--exercise", "debug_loop", "WORK"),
    ],
)
def test_options_may_stand_before_the_file(
    stub: Any, work: Path, tmp_path: Path, words: tuple[str, ...]
) -> None:
    """Values that look like files are the options' own, and the file is the one that is left."""
    given = [word.replace("WORK", str(work)).replace("OUT", str(tmp_path / "o")) for word in words]
    assert run(*given) == 0
    assert stub.seen[2].name == "work.py"


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (PASSED, 0),
        (FAILED, 1),
        (report(passed("zero_grad"), outcome=Outcome.TIMED_OUT), 1),
        (report(outcome=Outcome.INVALID), 1),
        (FAULT, 3),
    ],
)
def test_the_exit_code_says_how_it_went(
    stub: Any, work: Path, answer: Report, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """0 passed, 1 not passed, 3 the grader's fault; and always a result on stdout."""
    stub.answer = answer
    assert grade(work, "--format", "json") == code
    result = json.loads(capsys.readouterr().out)
    jsonschema.Draft202012Validator(json.loads(SCHEMA_FILE.read_text())).validate(result)
    assert result["outcome"] == answer.verdict.outcome


@pytest.mark.parametrize("name", formats.names())
def test_every_format_is_written(
    stub: Any, work: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is in the folder of formats can be asked for, with nothing else to edit."""
    assert grade(work, "--format", name) == 0
    printed = capsys.readouterr().out
    assert grade(work, "--format", name, "--output", work.with_name("out")) == 0
    assert work.with_name("out").read_text() == printed != ""


def test_an_unknown_format_is_told_with_the_nearest(
    stub: Any, work: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """As a usage error."""
    with pytest.raises(SystemExit, match="2"):
        grade(work, "--format", "gradscope")
    assert "Did you mean gradescope" in capsys.readouterr().err


def test_what_the_platform_says_reaches_the_result(stub: Any, work: Path) -> None:
    """Gradescope's metadata, or a table of one's own."""
    metadata = work.with_name("handin.json")
    metadata.write_text('{"student": "ada", "submitted": "2030-01-01T00:00:00+00:00"}')
    words = ("--format", "lti-ags", "--output", work.with_name("score.json"))
    assert grade(work, *words, "--handin", metadata) == 0
    score = json.loads(work.with_name("score.json").read_text())
    assert score["userId"] == "ada"
    assert score["submission"] == {"submittedAt": "2030-01-01T00:00:00+00:00"}


def test_metadata_that_can_not_be_read_costs_no_result(
    stub: Any, work: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A note says what is missing."""
    metadata = work.with_name("handin.json")
    metadata.write_text("half a fi")
    assert grade(work, "--handin", metadata, "--format", "json") == 0
    assert "handin.json is no JSON" in json.loads(capsys.readouterr().out)["run"]["notes"][-1]


def test_a_workflow_gets_its_summary(
    stub: Any, work: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Annotations go to the output, Markdown to the file that the runner names."""
    summary = work.with_name("summary.md")
    summary.write_text("before\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    stub.answer = FAILED
    assert grade(work, "--format", "github-actions") == 1
    assert "::error " in capsys.readouterr().out
    assert summary.read_text().startswith("before\n## Repair a loop")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(work.parent))
    assert grade(work, "--format", "github-actions") == 1
    assert "summary can't be written" in capsys.readouterr().err


@pytest.mark.parametrize("answer", [FAILED, FAULT])
def test_exit_zero_when_a_result_was_written(stub: Any, work: Path, answer: Report) -> None:
    """Whatever the result says."""
    stub.answer = answer
    assert grade(work, "--exit-zero") == 0


def test_exit_zero_covers_no_mistake_of_usage(stub: Any, work: Path) -> None:
    """Without a result there is nothing to exit 0 for."""
    assert grade(work.with_name("gone.py"), "--exit-zero") == 2


def test_a_fault_of_the_grader_is_said_on_stderr(
    stub: Any, work: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Also when the result goes to a file in which nobody looks."""
    stub.answer = FAULT
    grade(work)
    assert "the grader failed, not your code: because" in capsys.readouterr().err


def test_the_text_is_the_default(stub: Any, work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without colour, as the output is no terminal."""
    grade(work)
    out = capsys.readouterr().out
    assert "zero_grad" in out
    assert "\x1b" not in out


def test_hints_are_told_when_asked_for(
    stub: Any, work: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """As many levels as the option says; none without it."""
    scored = FAILED.verdict.checks[0]
    hinted = dataclasses.replace(scored.rubric, hints=("Look there.", "Look closer.", "Look here."))
    check = dataclasses.replace(scored, rubric=hinted)
    verdict = dataclasses.replace(FAILED.verdict, checks=(check,))
    stub.answer = dataclasses.replace(FAILED, verdict=verdict)
    grade(work)
    assert "Look there." not in capsys.readouterr().out
    grade(work, "--hints", "2")
    out = capsys.readouterr().out
    assert "hint 2: Look closer." in out
    assert "Look here." not in out


def test_options_reach_the_pipeline(stub: Any, work: Path) -> None:
    """Seed, time, device, isolation and part are passed on."""
    words = [
        "--seed",
        "7",
        "--timeout",
        "2.5",
        "--device",
        "cpu",
        "--isolation",
        "none",
        "--public-only",
    ]
    grade(work, *words)
    options, exercise, given = stub.seen
    assert options == Options(
        seed=7, timeout_s=2.5, device="cpu", isolation=IsolationPolicy.NONE, public_only=True
    )
    assert exercise.id == "debug_loop"
    assert given.source == "x = 1\n"


def test_defaults_are_the_pipelines_own(stub: Any, work: Path) -> None:
    """Nothing asked for is nothing changed; off a terminal there is no progress."""
    grade(work, "--hidden")
    assert stub.seen[0] == Options()


def test_output_and_report_are_files(
    stub: Any, work: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With --output nothing is left for standard output."""
    folder = work.parent
    assert grade(work, "--format", "json", "--output", folder / "r.json") == 0
    assert capsys.readouterr().out == ""
    assert json.loads((folder / "r.json").read_text())["passed"] is True
    assert grade(work, "--report", folder / "r.html") == 0
    assert "<html" in (folder / "r.html").read_text()
    assert "zero_grad" in capsys.readouterr().out


@pytest.mark.parametrize("option", ["--output", "--report"])
def test_a_bad_place_is_found_before_the_grading(
    stub: Any, work: Path, option: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Minutes of grading are not spent on a result that can't be written."""
    assert grade(work, option, work.parent / "gone" / "r") == 2
    assert "doesn't exist" in capsys.readouterr().err
    assert grade(work, option, work) == 2
    assert "the submission itself" in capsys.readouterr().err
    assert stub.seen is None


def test_one_file_is_not_two_results(stub: Any, work: Path) -> None:
    """--output and --report need places of their own."""
    place = work.parent / "r"
    assert grade(work, "--output", place, "--report", place) == 2
    assert stub.seen is None


# --- which exercise -------------------------------------------------------------------


def test_a_file_beside_the_submission_names_the_exercise(stub: Any, work: Path) -> None:
    """grade.yaml saves a student from typing it."""
    work.with_name("grade.yaml").write_text("exercise: debug_loop\n")
    assert run(work) == 0
    assert stub.seen[1].id == "debug_loop"


def test_the_option_comes_before_the_file(stub: Any, work: Path) -> None:
    """What is typed wins, and the file isn't even read."""
    work.with_name("grade.yaml").write_text("{")
    assert grade(work) == 0


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("exercise: debug_loop\nseed: 3\n", "unknown key 'seed'"),
        ("exercises: debug_loop\n", "'exercise' must be a text"),
        ("exercise: [debug_loop]\n", "'exercise' must be a text"),
        ("[" * 20_000, "expected valid YAML"),
        ("exercise: debug_lop\n", "Did you mean debug_loop"),
    ],
)
def test_a_wrong_grade_yaml_is_a_mistake_of_usage(
    stub: Any, work: Path, text: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Unknown keys are errors here too."""
    work.with_name("grade.yaml").write_text(text)
    assert run(work) == 2
    assert words in capsys.readouterr().err


def test_no_exercise_at_all_is_said(
    stub: Any, work: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With the two ways to name one, and how to list them."""
    assert run(work) == 2
    err = capsys.readouterr().err
    assert "--exercise ID" in err
    assert "grade exercises" in err


def test_words_may_come_from_a_file(stub: Any, work: Path) -> None:
    """@FILE holds options as a shell would read them, with comments."""
    options = work.with_name("course options.txt")
    options.write_text("--exercise debug_loop  # this week\n--seed 9\n")
    assert run(work, f"@{options}") == 0
    assert stub.seen[0].seed == 9


def test_a_file_named_like_a_command_can_be_graded(
    stub: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """./verify is a path; that it is no Python file is another matter."""
    (tmp_path / "verify").write_text("x = 1\n")
    monkeypatch.chdir(tmp_path)
    assert run("./verify", "--exercise", "debug_loop") == 2
    assert "neither Python nor a notebook" in capsys.readouterr().err


def test_a_slip_in_a_commands_name_is_answered_with_the_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A word that is no file, and nearly a command, was meant as one."""
    monkeypatch.chdir(tmp_path)
    assert run("verfy", "debug_loop") == 2
    assert "Did you mean verify" in capsys.readouterr().err


# --- how it ends ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (UsageError("no such device"), 2, "grade: no such device\n"),
        (StudentFault(Outcome.CRASHED, "it died"), 1, "grade: it died\n"),
        (BankError("rubrics/x.yaml: no"), 2, "exercise is wrong, not your code. rubrics/x.yaml"),
        (GraderFault("zygote died"), 3, "the grader failed, not your code: zygote died"),
        (ZeroDivisionError("oops"), 3, "not your code: ZeroDivisionError: oops"),
        (KeyboardInterrupt(), 130, "grade: stopped.\n"),
    ],
)
def test_each_error_is_a_sentence_and_a_code(
    stub: Any,
    work: Path,
    error: BaseException,
    code: int,
    words: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """No traceback, nothing on standard output, and the grader is closed."""
    stub.answer = error
    assert grade(work) == code
    captured = capsys.readouterr()
    assert captured.out == ""
    assert words in captured.err
    assert "Traceback" not in captured.err
    assert stub.closed


def test_a_traceback_is_shown_to_who_asks(
    stub: Any, work: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """GRADE_DEBUG=1 is for those who mend the grader."""
    monkeypatch.setenv("GRADE_DEBUG", "1")
    stub.answer = ZeroDivisionError("oops")
    assert grade(work) == 3
    assert "Traceback" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words",
    [
        ["--seed", "x"],
        ["--seed", "-1"],
        ["--seed", str(2**32)],
        ["--timeout", "0"],
        ["--timeout", "nan"],
        ["--timeout", "soon"],
        ["--format", "xml"],
        ["--hints", "-1"],
        ["--hints", "all"],
        ["--device", "tpu"],
        ["--isolation", "some"],
        ["--hidden", "--public-only"],
        ["--exit"],
        ["second.py"],
    ],
)
def test_bad_options_are_mistakes_of_usage(stub: Any, work: Path, words: list[str]) -> None:
    """Exit code 2, before anything is read or run."""
    with pytest.raises(SystemExit) as caught:
        grade(work, *words)
    assert caught.value.code == 2
    assert stub.seen is None


def test_no_words_at_all_show_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    """On standard error, as nothing was graded."""
    assert run() == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "grade SUBMISSION --exercise ID" in captured.err


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_every_command_has_help(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    """And the main one lists the others."""
    with pytest.raises(SystemExit) as caught:
        run(*([command] if command else []), "--help")
    assert caught.value.code == 0
    out = capsys.readouterr().out
    assert all(name in out for name in (COMMANDS if not command else [command]))
