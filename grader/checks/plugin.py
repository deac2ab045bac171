"""The pytest plugin: fixtures for checks, and one :class:`CheckResult` per check.

pytest runs in the judge's process. Each check's result is reported as soon as it is known, so
that a judge that is ended has lost nothing that was earned.
"""

from __future__ import annotations

import importlib.util
import types
from collections import Counter
from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np
import pytest
import torch

from grader import comparison
from grader.checks.accuracy import Accuracy, Past, drawn_anew, exchanged
from grader.checks.agreement import (
    MOST_FINDINGS,
    MOST_TEXT,
    Agree,
    capped,
)
from grader.checks.clock import Clock
from grader.checks.draw import Draw
from grader.checks.forms import Audit, audited
from grader.checks.keeping import NotKept
from grader.checks.marks import MARK
from grader.checks.mirror import Mirror
from grader.checks.outcome import RunReport
from grader.checks.placed import placed
from grader.checks.program import Program, Questions
from grader.checks.results import basis_of, judge_end, merge, not_kept, proved, told_of
from grader.checks.student import Student
from grader.checks.thresholds import Noted, Settings, Thresholds
from grader.checks.untouched import Untouched
from grader.model import CheckResult, Finding, Status
from grader.rules import Found, find_all, noting, of_rules
from grader.runner.devices import CPU, Device

Reported = Callable[[CheckResult], None]
Began = Callable[[str], None]


class MakeProgram(Protocol):
    """Runs the submission as a training program, with another seed or another report."""

    def __call__(
        self,
        report: RunReport,
        images: torch.Tensor | None,
        seed: int,
        *,
        quiet: bool,
        questions: Questions,
    ) -> Program:
        """The finished run; ``quiet`` drops what it prints and asks for no replays."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitting:
    """One submission before the judge: what its checks ask, and who hears of their results."""

    student: Student
    make_program: MakeProgram
    report: RunReport
    reported: Reported
    clock: Clock
    audit: Audit | None = None
    began: Began = lambda _doing: None


class GradePlugin:
    """Wires checks to one submission. ``rubric`` maps a check's id to its line, as plain data.

    Checks are collected before it is known whose they will be (:meth:`begin`).
    """

    _sitting: Sitting

    def __init__(
        self,
        *,
        rubric: Mapping[str, Mapping[str, Any]],
        seed: int,
        files: Mapping[str, str | None],
        data: Mapping[str, str],
        device: Device = CPU,
    ) -> None:
        self._rubric = rubric
        self._seed = seed
        self._files = files
        self._data = data
        self._device = device
        self._results: dict[str, CheckResult] = {}
        self._noted = Noted()
        self._left: Counter[str] = Counter()
        self.metrics: dict[str, float] = {}
        self.training: Program | None = None
        self.by_rules = Found()
        self.findings: tuple[Finding, ...] = ()
        self.broken: list[str] = []

    def begin(self, sitting: Sitting) -> None:
        """From here on it is this submission that the checks ask."""
        self._sitting = sitting

    # --- collection ---------------------------------------------------------------------------

    @pytest.hookimpl
    def pytest_configure(self, config: pytest.Config) -> None:
        """Declare the mark."""
        config.addinivalue_line("markers", f"{MARK}(id): the check of a rubric line")

    @pytest.hookimpl
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Keep the checks that the rubric asks for."""
        items[:] = [item for item in items if _check_id(item) in self._rubric]
        self._left = Counter(_check_id(item) for item in items)

    @pytest.hookimpl
    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """A checks file that can't be imported is the exercise's fault."""
        if report.failed:
            self.broken.append(str(report.longrepr)[-2000:])

    # --- running ------------------------------------------------------------------------------

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> Generator[None, None, None]:
        """Skip a check whose prerequisites didn't pass; its fixtures are bounded in time."""
        wanted = tuple(self._rubric[_check_id(item)]["needs"])
        missing = tuple(
            need
            for need in wanted
            if need not in self._results or self._results[need].status is not Status.PASSED
        )
        self._noted = Noted(wanted=wanted, needs=missing)
        if missing:
            pytest.skip(f"needs {', '.join(missing)}")
        self._tell(_check_id(item))
        with self._sitting.clock.running(), noting(self._noted.rules.extend):
            yield

    def _tell(self, check_id: str) -> None:
        """Which check is under way, and how many there are."""
        known = list(self._left)  # in the order of the file
        self._sitting.began(f"check {known.index(check_id) + 1} of {len(known)}: {check_id}")

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, None, None]:
        """What a check may take over one answer is bounded."""
        clock, audit = self._sitting.clock, self._sitting.audit
        if audit is not None:
            audit.check = _check_id(item)
        with clock.running(), noting(self._noted.rules.extend), audited(audit):
            yield

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> pytest.TestReport:
        """Turn the end of a check into its result.

        pytest's own report would draw the traceback, which takes longer than most checks do and is
        read by nobody.
        """
        error = None if call.excinfo is None else call.excinfo.value
        if call.when == "call" or (call.when == "setup" and error is not None):
            self._take(item, error, call.duration)
        return pytest.TestReport(
            nodeid=item.nodeid,
            location=item.location,
            keywords={},
            outcome=_outcome(error),
            longrepr=None,
            when=call.when,  # type: ignore[arg-type]  # "collect" is of collectors only
            duration=call.duration,
        )

    def _take(self, item: pytest.Item, error: BaseException | None, duration: float) -> None:
        check_id = _check_id(item)
        passed = _first_sentence(item)
        if isinstance(error, NotKept):
            status, message, more = not_kept(error)
        else:
            status, message, more = judge_end(error, passed, item.path.name)
        result = CheckResult(
            id=check_id,
            title=self._rubric[check_id]["title"],
            status=status,
            message=capped(message, MOST_TEXT),
            duration_s=duration,
            **more,
        )
        result = replace(result, basis=basis_of(result, passed, self._noted))
        merged = merge(self._results.get(check_id), result)
        self._results[check_id] = merged
        self._left[check_id] -= 1
        if not self._left[check_id]:
            self._sitting.reported(proved(told_of(merged), self._sitting.audit))

    # --- fixtures ---------------------------------------------------------------------------

    @pytest.fixture(scope="session")
    def student(self) -> Student:
        """The submission as a module over the wall."""
        return self._sitting.student

    @pytest.fixture
    def untouched(self) -> Untouched:
        """A context at whose end objects over there, and the process, are as they were before."""
        return Untouched(self._sitting.student.look, self._sitting.student.seed)

    @pytest.fixture
    def watched(self) -> Iterator[None]:
        """Watches every call of a test: ``student.seen`` has what all tests so far have run."""
        with self._sitting.student.watch():
            yield

    @pytest.fixture(scope="session")
    def mirror(self) -> Mirror:
        """The submission's names as a notebook's own test has them: plain values come over."""
        return Mirror(self._sitting.student)

    @pytest.fixture(scope="session")
    def questions(self) -> Questions:
        """What the program is asked when it has run; a checks file defines its own."""
        return Questions()

    @pytest.fixture(scope="session")
    def program(self, request: pytest.FixtureRequest, questions: Questions) -> Program:
        """The submission, run once as a training program under the recorder."""
        shown = request.getfixturevalue("shown") if self._files["heldout"] else None
        self.training = self._sitting.make_program(
            self._sitting.report, shown, self._seed, quiet=False, questions=questions
        )
        if self.training.ran.recorded.is_sound:
            self.by_rules = find_all(self.training.ran.recorded)
            self.findings = self.by_rules[:MOST_FINDINGS]
        return self.training

    @pytest.fixture(scope="session")
    def shown(self, heldout: tuple[torch.Tensor, torch.Tensor]) -> torch.Tensor:
        """The held-out images, then the same ones drawn anew: uint8 (2 N, 28, 28)."""
        return torch.cat([heldout[0], drawn_anew(heldout[0], self._seed)])

    @pytest.fixture
    def accuracy(
        self,
        request: pytest.FixtureRequest,
        heldout: tuple[torch.Tensor, torch.Tensor],
        shown: torch.Tensor,
        settings: Mapping[str, Any],
        data_kind: str,
        questions: Questions,
    ) -> Accuracy:
        """Measure on the held-out digits against the rubric line's ``threshold``."""

        def outputs(k: int) -> object:
            if k == 0:
                return request.getfixturevalue("program").ran.outputs
            seed = self._seed + k
            run = self._sitting.make_program(
                RunReport(), shown, seed, quiet=True, questions=questions
            )
            return run.ran.outputs

        def renamed() -> tuple[object, object]:
            other = replace(questions, names=tuple(names.tolist()))
            run = self._sitting.make_program(
                RunReport(), shown, self._seed, quiet=True, questions=other
            )
            return run.ran.outputs, run.ran.start

        _, labels = heldout
        line = self._line(request)
        names = exchanged(self._seed)
        return Accuracy(
            shown=shown,
            labels=labels,
            names=names,
            threshold=comparison.threshold_of(line["settings"], "threshold", data_kind),
            measure=self.metrics.__setitem__,
            program=outputs,
            past=Past(
                start=lambda: request.getfixturevalue("program").ran.start,
                is_first=lambda: request.getfixturevalue("program").ran.is_first,
                losses=lambda: request.getfixturevalue("program").ran.recorded.losses,
                renamed=renamed,
            ),
            data=data_kind,
            keep=self._noted.compared.append,
            used=lambda: settings["threshold"],
        )

    @pytest.fixture(scope="session")
    def data_kind(self) -> str:
        """Which form of MNIST the submission was given: ``full`` or ``subset``."""
        return self._data.get("mnist", "subset")

    @pytest.fixture(scope="session")
    def found(self, program: Program) -> Callable[..., tuple[Finding, ...]]:
        """``found("rule", ...)``: what those rules found in the program's run.

        Raises as :attr:`Program.trace` does: where nothing was found in a record that is damaged,
        nothing is known.
        """

        def find(*rules: str) -> tuple[Finding, ...]:
            assert program.trace is not None
            return of_rules(self.by_rules, *rules)

        return find

    @pytest.fixture
    def settings(self, request: pytest.FixtureRequest) -> Mapping[str, Any]:
        """The rubric line's own numbers; reading one says that the result hangs on it."""
        return Settings(self._line(request)["settings"], self._noted.settings)

    @pytest.fixture
    def thresholds(self, request: pytest.FixtureRequest, data_kind: str) -> Thresholds:
        """Holds measured numbers against the rubric line's."""
        keep, measure = self._noted.compared.append, self.metrics.__setitem__
        return Thresholds(self._line(request)["settings"], data_kind, keep, measure)

    def _line(self, request: pytest.FixtureRequest) -> Mapping[str, Any]:
        return self._rubric[_check_id(request.node)]

    @pytest.fixture(scope="session")
    def run_seed(self) -> int:
        """The seed of the run, for what all checks of a run share."""
        return self._seed

    @pytest.fixture
    def draw(self, request: pytest.FixtureRequest) -> Draw:
        """Random inputs from the run's seed."""
        return Draw(self._seed, _check_id(request.node) or "")

    @pytest.fixture
    def agree(self, settings: Mapping[str, Any]) -> Agree:
        """Compare a student's numbers with the expected ones."""
        return Agree(settings, self._device.kind)

    @pytest.fixture(scope="session")
    def reference(self) -> Any:
        """The reference solution, imported in this process, on the device of the grading."""
        module = _import_file("reference_solution", Path(self._files["reference"] or ""))
        return placed(module, self._device)

    @pytest.fixture(scope="session")
    def heldout(self) -> tuple[torch.Tensor, torch.Tensor]:
        """Images (N, 28, 28) uint8 and labels (N,) int64 that no student's process has."""
        path = self._files["heldout"]
        if path is None:
            raise LookupError("this exercise names no data, so there is nothing held out")
        with np.load(path, allow_pickle=False) as arrays:
            images, labels = arrays["images"], arrays["labels"]
        return torch.from_numpy(images), torch.from_numpy(labels.astype(np.int64))

    @pytest.fixture(scope="session")
    def measure(self) -> Callable[[str, float], None]:
        """``measure(name, value)`` keeps a number for the result's metrics."""
        return self.metrics.__setitem__


def _check_id(item: pytest.Item) -> str:
    mark = item.get_closest_marker(MARK)
    return str(mark.args[0]) if mark is not None else ""


def _outcome(error: BaseException | None) -> Literal["passed", "failed", "skipped"]:
    if error is None:
        return "passed"
    return "skipped" if isinstance(error, pytest.skip.Exception) else "failed"


def _first_sentence(item: pytest.Item) -> str:
    text = " ".join((getattr(item, "function", item).__doc__ or "").split())
    return text.split(". ")[0].rstrip(".")


def _import_file(name: str, path: Path) -> types.ModuleType:
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} can't be imported")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
