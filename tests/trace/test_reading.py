"""What crosses the wall is hostile: it becomes a Trace, or `TraceMalformed`, nothing else."""

from __future__ import annotations

import copy
import importlib
import json
import pkgutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.rules import find_all
from grader.schema import fields
from grader.schema import rows as kinds
from grader.schema.page import page
from grader.schema.rows import KINDS
from grader.trace.learning import next_replay, rate_verdict
from grader.trace.trace import Trace, TraceMalformed

PLACE: list[Any] = ["place", 0, "solution.py", 8, None]
MODEL: list[Any] = ["model", 0, "Sequential", True, 10, ["Dropout"]]
SOURCE: list[Any] = ["source", 0, "loader", "TensorDataset", 64, None]
OPTIMIZER: list[Any] = ["optimizer", 0, "SGD", 0]
FORWARD = ["forward", 0, 0, 0, 0, 16, 63, 99, 0]
BACKWARD = ["backward", 1, 0, "nan", 0, 0]
UPDATE: list[Any] = ["update", 1, 0, 0, 1, 0.1, 1.5, 0.01, 4, 0]
GOOD: list[Any] = [PLACE, MODEL, SOURCE, OPTIMIZER, FORWARD, BACKWARD, UPDATE]

plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False)
    | st.sampled_from(["nan", "inf", "loader", "rows", *KINDS])
    | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=6) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=12,
)
rows = st.lists(
    st.tuples(st.sampled_from(sorted(KINDS)), st.lists(plain, max_size=10)).map(
        lambda pair: [pair[0], *pair[1]]
    )
    | plain,
    max_size=8,
)


# Each field by what reads it: values that it takes, those at its bounds, and beyond them.
COUNTS = st.integers(0, 5) | st.sampled_from([fields.BIGGEST - 1, fields.BIGGEST, 10**400, -1])
TEXTS = st.text(max_size=6) | st.sampled_from(["x" * 1000, "x" * 1001, "\ud800", "\x1b[2J"])
NUMBERS = st.floats() | st.sampled_from([None, "nan", "inf", "-inf", 10**400, 5e-324])
OF: dict[Any, st.SearchStrategy[Any]] = {
    fields.count: COUNTS,
    fields.index: COUNTS,
    fields.text: TEXTS,
    fields.number: NUMBERS,
    fields.measure: NUMBERS,
    fields.positive: COUNTS,
    fields.share: NUMBERS,
    fields.flag: st.booleans(),
    fields.texts: st.lists(TEXTS, max_size=3) | st.just(["a"] * 65),
    fields.counts: st.lists(COUNTS, max_size=3) | st.just([0] * 65),
    fields.facts: st.dictionaries(TEXTS, COUNTS | st.lists(TEXTS, max_size=2), max_size=3),
}


def values(reader: Any) -> st.SearchStrategy[Any]:
    """Values for one field."""
    match reader:
        case fields.Maybe(inner):
            return st.none() | values(inner)
        case fields.Below(bound):
            return COUNTS | st.sampled_from([bound - 1, bound])
        case fields.OneOf(words):
            return TEXTS | st.sampled_from(words)
        case fields.In():
            return COUNTS
    return OF[reader]


declared = st.sampled_from(sorted(KINDS)).flatmap(
    lambda tag: st.tuples(st.just(tag), *(values(one.reader) for one in KINDS[tag].sent)).map(list)
)


def look(batches: Any) -> None:
    """Read, and let every rule and the question of the rate look at the result."""
    try:
        trace = Trace.from_plain(batches)
    except TraceMalformed:
        return
    assert find_all(trace).broken == {}
    rate_verdict(trace)
    next_replay(trace)


@given(st.lists(rows | plain, max_size=4))
@settings(max_examples=150, deadline=None)
def test_anything_at_all_is_read_or_refused(batches: Any) -> None:
    """Whatever JSON can say, no other exception comes out."""
    look(batches)


@given(st.data())
@settings(max_examples=250, deadline=None)
def test_a_changed_value_is_read_or_refused(data: st.DataObject) -> None:
    """A good recording with one value exchanged is still a Trace, or refused."""
    recording = copy.deepcopy(GOOD)
    row = data.draw(st.integers(0, len(recording) - 1))
    at = data.draw(st.integers(0, len(recording[row]) - 1))
    recording[row][at] = data.draw(plain)
    look([recording])


@given(st.lists(declared, max_size=30))
@settings(max_examples=300, deadline=None)
def test_rows_of_the_declared_kinds_are_read_or_refused(drawn: list[Any]) -> None:
    """Every kind of row there is, also one that is new: with values at the bounds of its fields."""
    look([GOOD, drawn])
    for row in drawn:
        look([GOOD, [row]])


def test_a_good_recording_is_read() -> None:
    """The recording that the other tests spoil is itself in order."""
    trace = Trace.from_plain([json.loads(json.dumps(GOOD))])
    assert trace.updates == 1
    assert trace.optimizers[0].place is not None
    assert trace.optimizers[0].place.line == 8


@pytest.mark.parametrize(
    "bad",
    [
        ["forward", 0, 7, 0, 0, 16, 63, 99, 0],
        ["forward", 0, 0, 0, 0, 16, 1 << 40, 99, 0],
        ["forward", 0, 0, 0, 0, True, 63, 99, 0],
        ["forward", 0, 0, 0, 0, 16, 63, 99, 5],
        ["update", 1, 3, 0, 1, 0.1, 1.5, 0.01, 4, 0],
        ["place", 5, "x.py", 1, None],
        ["place", 0, "x" * 5000, 1, None],
        ["source", 0, "magic", "x", 1, None],
        ["backward", 1, 0, "NaN", 0, 0],
        ["backward", 1, 0, 1e3, 0, 2],
        ["fed", 0, 3],
        ["twin", 99, 0],
        ["unheard of", 1],
        ["forward"],
        [],
        None,
    ],
    ids=str,
)
def test_a_wrong_row_is_refused(bad: Any) -> None:
    """A dangling reference, a wrong type, a value out of range: each is refused."""
    with pytest.raises(TraceMalformed):
        Trace.from_plain([[PLACE, MODEL, SOURCE, OPTIMIZER], [bad]])


def test_an_update_is_not_counted_twice() -> None:
    """The numbers of updates only rise."""
    with pytest.raises(TraceMalformed):
        Trace.from_plain([GOOD, [UPDATE]])


def test_nothing_follows_the_end() -> None:
    """A recording is closed once."""
    with pytest.raises(TraceMalformed):
        Trace.from_plain([[["end", {"updates": 0}], PLACE]])


def test_a_flood_is_refused() -> None:
    """A recording without end is not read without end."""
    with pytest.raises(TraceMalformed):
        Trace.from_plain([PLACE] for _ in range(10**9))


def test_the_page_of_the_schema_is_made_from_it() -> None:
    """``docs/record.md`` says what the classes say: ``python -m grader.schema.page`` makes it."""
    assert (Path(__file__).parents[2] / "docs" / "record.md").read_text() == page()


def test_each_kind_is_named_by_the_package() -> None:
    """A class that stands in a file of the schema and is not exported would be read by nobody."""
    files = pkgutil.iter_modules(kinds.__path__, f"{kinds.__name__}.")
    written = {
        kind for file in files for kind in fields.kinds_in(vars(importlib.import_module(file.name)))
    }
    assert written == set(KINDS.values())
