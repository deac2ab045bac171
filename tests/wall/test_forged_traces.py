"""Traces that a hostile process made up: read, judged and plotted without an error of ours."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.checks.judge import curves
from grader.model import Plain
from grader.rules import find_all
from grader.schema import bits, fields
from grader.schema.rows import KINDS
from grader.trace.learning import next_replay, rate_verdict
from grader.trace.trace import Trace

TABLE = 2
"""How many models, sources, optimizers and lines there are to name."""
FIRST = 1
"""The number of the forward that is there from the start."""
BIG = fields.BIGGEST - 1
KNOWN = st.integers(0, TABLE - 1)
INDEX = st.integers(-1, TABLE - 1)
COUNTS = st.integers(0, 300) | st.sampled_from([10**6, BIG])
LOSSES = st.floats(0, 5) | st.none() | st.floats() | st.sampled_from(["nan", "inf", "-inf", 1e308])
TEXTS = st.text(max_size=6)
OF: dict[Any, st.SearchStrategy[Any]] = {
    fields.count: COUNTS,
    fields.index: COUNTS | st.just(-1),
    fields.text: TEXTS,
    fields.number: LOSSES,
    fields.measure: st.floats(0, 5) | st.floats(allow_nan=False),
    fields.positive: COUNTS.map(lambda count: count + 1 if count < BIG else count),
    fields.share: st.floats(0, 1),
    fields.flag: st.booleans(),
    fields.texts: st.lists(TEXTS | st.sampled_from(["NllLoss", "Softmax"]), max_size=3),
    fields.counts: st.lists(COUNTS, max_size=3),
}


def values(reader: Any) -> st.SearchStrategy[Any]:
    """Values for one field, of the right type and mostly of the right range."""
    match reader:
        case fields.Maybe(inner):
            return st.none() | values(inner)
        case fields.OneOf(words):
            return st.sampled_from(words)
        case fields.Below(bound):
            return st.integers(0, bound - 1)
        case fields.In("forwards"):
            return st.just(FIRST)
        case fields.In():
            return INDEX if reader.none else KNOWN
    return OF[reader]


NOT_DRAWN = ("place", "model", "source", "optimizer", "fed", "end")
"""The tables are given, a fate is one of two, and the end is drawn by itself."""

OFTEN = ("forward", "backward", "update") * 6

INTRODUCTION: list[Any] = [
    ["place", 0, "submission.py", 1, None],
    ["place", 1, "submission.py", 2, 3],
    *(["model", n, "M", n == 0, 10, ["Dropout"]] for n in range(TABLE)),
    *(["source", n, kind, "Digits", 100, None] for n, kind in enumerate(("loader", "rows"))),
    *(["optimizer", n, "SGD", n - 1] for n in range(TABLE)),
    ["forward", FIRST, 0, 0, 0, 16, 63, 99, 0],
]


def row(tag: str) -> st.SearchStrategy[list[Any]]:
    """A row of a kind, its fields of the right types and mostly of the right range."""
    if tag == "fed":
        return st.tuples(COUNTS, st.sampled_from([bits.FED, bits.FED_GRAD])).map(
            lambda fate: [tag, *fate]
        )
    drawn = (values(field.reader) for field in KINDS[tag].sent)
    return st.tuples(*drawn).map(lambda given: [tag, *given])


def in_order(rows: list[list[Any]]) -> list[Plain]:
    """The rows with numbers that rise, so that they are taken."""
    updates = 0
    for number, each in enumerate(rows, start=FIRST + 1):
        if each[0] in {"forward", "backward", "update"}:
            each[1] = number
        if each[0] == "update":
            updates = number
        elif each[0] == "forward":
            each[8] = updates
        elif each[0] == "backward":
            each[4] = updates
    return [*INTRODUCTION, *rows]


TAGS = sorted((*OFTEN, "fed", *(tag for tag in KINDS if tag not in NOT_DRAWN)))
SHORT = st.lists(st.sampled_from(TAGS).flatmap(row), max_size=40).map(in_order)
# A training of many steps, as one step over and over, with whatever between.
LONG = st.tuples(st.lists(st.sampled_from(TAGS).flatmap(row), max_size=6), COUNTS).map(
    lambda drawn: in_order([list(each) for _ in range(min(drawn[1], 120)) for each in drawn[0]])
)
ROWS = SHORT | LONG


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(rows=ROWS, end=st.none() | st.fixed_dictionaries({"updates": COUNTS}))
def test_whatever_a_trace_says_it_is_judged(rows: list[Plain], end: dict[str, Any] | None) -> None:
    """The rules, the verdict on the step size, the replays asked for and the curves all come."""
    if end is not None:
        rows = [*rows, ["end", {**end, "lost": [], "rows": len(rows)}]]
    trace = Trace.from_plain([rows])
    assert find_all(trace).broken == {}
    request = next_replay(trace)
    for _ in range(10):
        if request is None:
            break
        trace = trace.with_replay(request, trace)
        request = next_replay(trace)
    assert request is None
    assert rate_verdict(trace).word in {"ok", "too_high", "too_low", "unknown"}
    assert all(isinstance(value, float) for curve in curves(trace).values() for value in curve)
