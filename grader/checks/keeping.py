"""Between a run as checks see it and the run as it is kept: what is written, and what is not.

Of a kept run a check can ask everything that was kept: the trace, how it ended, what share of
the held-out images its model read right. What was not kept raises `NotKept`: the student's own
process, the very outputs of the model, another run.
"""

from __future__ import annotations

import base64
import binascii
from typing import NoReturn

import torch

from grader.checks.clock import Clock
from grader.checks.outcome import RunReport
from grader.checks.program import Program, Questions, Ran
from grader.checks.remote import StudentRaised
from grader.checks.supervision import Supervision
from grader.errors import GraderFault, StudentFault
from grader.observation.record import Answers, KeptReplay, Training
from grader.observation.traces import of_rows, trace_of
from grader.schema.fields import TraceMalformed

MOST_CLASSES = 256
_MATRIX = 2


class NotKept(BaseException):
    """A check asks for what only the student's code could give.

    No ``except Exception`` of a check holds it.
    """


class NoStudent(Supervision):
    """The supervision of a grading without a submission."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock

    def new_student(self, *, quiet: bool, trains: bool = False) -> NoReturn:
        """There is none. Raises NotKept."""
        del quiet, trains
        raise NotKept("it asks the submission itself")


# --- to be kept -----------------------------------------------------------------------


def kept(ran: Ran) -> Training:
    """A finished run as it is kept."""
    return Training(
        ended=ran.ended,
        rows=ran.rows,
        replays=tuple(KeptReplay(request=each.request, rows=each.rows) for each in ran.replays),
        damage="" if ran.damage is None else ran.damage.reason,
        answers=_answers(ran.outputs),
        start=_answers(ran.start),
        is_first=ran.is_first,
    )


def _answers(outputs: object) -> Answers | None:
    match outputs:
        case torch.Tensor() if outputs.dim() == _MATRIX and 0 < outputs.shape[1] <= MOST_CLASSES:
            best = bytes(outputs.argmax(1).to(torch.uint8).tolist())
            return Answers(
                count=len(outputs),
                classes=outputs.shape[1],
                best=base64.b64encode(best).decode(),
            )
        case StudentRaised():
            return Answers(crash=outputs.crash)
        case StudentFault():
            return Answers(outcome=outputs.outcome, reason=outputs.reason)
    return None


# --- and back -------------------------------------------------------------------------


class KeptRun:
    """Stands where a submission's program is run, and gives the run that was kept."""

    def __init__(self, training: Training | None) -> None:
        self._program = None if training is None else _restored(training)

    def __call__(
        self,
        report: RunReport,
        images: torch.Tensor | None,
        seed: int,
        *,
        quiet: bool,
        questions: Questions,
    ) -> Program:
        """The kept run. Raises NotKept, where there is none or it is another that is asked for."""
        del report, images, seed, questions
        if quiet or self._program is None:
            raise NotKept("it runs the program from other seeds, or with other labels")
        return self._program


def _restored(training: Training) -> Program:
    damage = TraceMalformed(training.damage) if training.damage else None
    ran = Ran(
        ended=training.ended,
        recorded=of_rows(()) if damage else trace_of(training),
        damage=damage,
        outputs=_outputs(training.answers),
        start=_start(training.start),
        is_first=training.is_first,
    )
    return KeptProgram(ran)


class KeptProgram(Program):
    """A program that can't be run again. ``ran.outputs`` only tell which class was the best."""

    def __init__(self, ran: Ran) -> None:
        super().__init__(ran, _not_again)

    @property
    def outputs(self) -> object:
        """The exception that came instead of outputs; the outputs themselves were not kept."""
        if isinstance(self.ran.outputs, torch.Tensor):
            raise NotKept("it asks for the very numbers that the model gave")
        return super().outputs

    @property
    def seen(self) -> NoReturn:
        """What ``props.py`` told was not kept."""
        raise NotKept("it asks for what the exercise's props.py saw of the program")


def _not_again(questions: Questions) -> NoReturn:
    del questions
    raise NotKept("it runs the program once more")


def _outputs(answers: Answers | None) -> object:
    if answers is None:
        return GraderFault("What the model answered was not kept.")
    if answers.crash is not None:
        return StudentRaised(answers.crash)
    if answers.outcome is not None:
        return StudentFault(answers.outcome, answers.reason)
    return _best(answers)


def _start(answers: Answers | None) -> torch.Tensor | None:
    return None if answers is None else _best(answers)


def _best(answers: Answers) -> torch.Tensor:
    """Numbers (count, classes) of which the largest in each row is that of the class given."""
    try:
        best = base64.b64decode(answers.best, validate=True)
    except binascii.Error:
        best = b""
    if len(best) != answers.count or not 0 < answers.classes <= MOST_CLASSES:
        raise GraderFault("The answers that were kept are damaged.")
    classes = torch.tensor(list(best), dtype=torch.int64)
    if len(classes) and int(classes.max()) >= answers.classes:
        raise GraderFault("The answers that were kept are damaged.")
    return torch.nn.functional.one_hot(classes, answers.classes).float()
