"""What travels between the command and another machine: bytes of plain records, never a pickle.

A parcel is one line of strict JSON; a result has the page of its report and its observation after
it, as the journal keeps them. What is read here was written by a grader of the same version:
``Facts`` says so first.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, cast

from grader import __version__, decided
from grader.bulk import fingerprint
from grader.bulk.graded import Graded
from grader.model import (
    Cell,
    Exercise,
    IsolationPolicy,
    Prose,
    Submission,
    SubmissionKind,
)
from grader.pipeline import Grader, Options

_ASKED = ("seed", "device", "timeout_s", "isolation", "public_only", "subset", "keep")
"""Of the options, what a machine is told; where it works and what it shows is its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What two machines must have alike to give the same results."""

    grader: str
    torch: str
    bank: str
    data: Mapping[str, str]

    def differs_in(self, other: Facts) -> str:
        """In words, what ``other`` has another one of; empty where all is alike."""
        if (self.grader, self.torch) != (other.grader, other.torch):
            return (
                f"it has grade {other.grader} with torch {other.torch}, and this machine grade "
                f"{self.grader} with torch {self.torch}: install the same there"
            )
        if self.bank != other.bank:
            return (
                "its files of the exercise are not those of this machine: install the same "
                "bank there (GRADE_BANK names it)"
            )
        if self.data != other.data:
            return (
                f"it grades on {_listed(other.data)}, and this machine on {_listed(self.data)}: "
                "fetch the data there too, or set GRADE_DATA alike"
            )
        return ""


def facts(exercise: Exercise, options: Options) -> Facts:
    """The facts of this machine."""
    return Facts(
        grader=__version__,
        torch=fingerprint.version_of("torch"),
        bank=fingerprint.of_circumstances(exercise, {}),
        data=Grader(options).data_forms(exercise),
    )


def _listed(forms: Mapping[str, str]) -> str:
    return ", ".join(f"{name} ({form})" for name, form in forms.items()) or "no data"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why a machine can't grade this, and the address of the worker that says so."""

    refused: str
    address: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One grading that another machine is to do."""

    who: str
    exercise: Exercise
    options: Options
    submission: Submission
    notes: tuple[str, ...]


def facts_to_bytes(said: Facts) -> bytes:
    """The facts as a parcel."""
    return _line(asdict(said))


def facts_from_bytes(parcel: bytes) -> Facts | Refusal:
    """The facts that a parcel tells, or why a machine can't grade."""
    said = json.loads(parcel)
    return Refusal(**said) if "refused" in said else Facts(**said)


def question_to_bytes(exercise: Exercise, options: Options) -> bytes:
    """Which exercise is to be graded and how: what a machine's facts are asked with."""
    return _line({"exercise": decided.to_plain(exercise), "options": _asked(options)})


def question_from_bytes(parcel: bytes) -> tuple[Exercise, Options]:
    """The exercise of this machine's bank, as the question wants it, and the options.

    Raises:
        UnknownName: this machine has no such exercise.
    """
    said = json.loads(parcel)
    return decided.from_plain(said["exercise"]), _options(said["options"])


def request_to_bytes(request: Request) -> bytes:
    """A request as a parcel."""
    return _line(
        {
            "who": request.who,
            "exercise": decided.to_plain(request.exercise),
            "options": _asked(request.options),
            "submission": asdict(request.submission),
            "notes": request.notes,
        }
    )


def request_from_bytes(parcel: bytes) -> Request:
    """The request that a parcel holds, for the exercise of this machine's bank."""
    said = json.loads(parcel)
    return Request(
        who=said["who"],
        exercise=decided.from_plain(said["exercise"]),
        options=_options(said["options"]),
        submission=_submission(said["submission"]),
        notes=tuple(said["notes"]),
    )


def result_to_bytes(graded: Graded, tries: int) -> bytes:
    """A result as a parcel: the same records as in the journal."""
    head = {
        "result": graded.result,
        "excerpts": graded.excerpts,
        "tries": tries,
        "page": len(graded.page),
    }
    return _line(head) + graded.page + graded.observation


def refusal_to_bytes(refusal: Refusal) -> bytes:
    """A parcel that says why a machine grades nothing."""
    return _line(asdict(refusal))


def result_from_bytes(parcel: bytes) -> tuple[Graded, int] | Refusal:
    """The result that a parcel holds and the number of tries, or why nothing was graded."""
    head, _, rest = parcel.partition(b"\n")
    said = json.loads(head)
    if "refused" in said:
        return Refusal(**said)
    excerpts = [[(line, text) for line, text in lines] for lines in said["excerpts"]]
    size = int(said["page"])
    graded = Graded(
        result=said["result"], page=rest[:size], excerpts=excerpts, observation=rest[size:]
    )
    return graded, int(said["tries"])


def _line(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, allow_nan=False).encode() + b"\n"


def _asked(options: Options) -> dict[str, Any]:
    return {name: getattr(options, name) for name in _ASKED}


def _options(said: Mapping[str, Any]) -> Options:
    return Options(**{**said, "isolation": IsolationPolicy(said["isolation"])})


def _submission(said: dict[str, Any]) -> Submission:
    cells = cast("list[dict[str, Any]]", said["cells"])
    return Submission(
        **{
            **said,
            "kind": SubmissionKind(said["kind"]),
            "cells": tuple(Cell(**cell) for cell in cells),
            "prose": tuple(Prose(**prose) for prose in said["prose"]),
        }
    )
