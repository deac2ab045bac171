"""Data is known again by its rows, and data that was not trained on is told from what was."""

from __future__ import annotations

import pytest
from torch.nn import functional

from asking import pictures
from grader.observe.fingerprints import Fingerprints
from grader.schema.rows import Source
from grader.trace.trace import Trace


@pytest.mark.parametrize("channels", [1, 3])
def test_pictures_with_a_blank_border_are_told_apart(channels: int) -> None:
    """Padding and repeated channels take nothing of what tells one picture from another."""
    images = pictures(60, 4)[0].unsqueeze(1).float()
    images[:, :, :5], images[:, :, 23:] = 0.0, 0.0
    images[..., :6], images[..., 22:] = 0.0, 0.0
    padded = functional.pad(images, (2, 2, 2, 2)).repeat(1, channels, 1, 1)
    prints = Fingerprints({}).of(padded)
    assert len(set(prints)) == 60
    assert 0 not in prints


def test_a_few_rows_that_look_alike_make_no_training_data() -> None:
    """Of a data set of its own, most rows must have been trained on before it counts as such."""
    assert held_out(alike=36)
    assert not held_out(alike=90)


def held_out(*, alike: int) -> bool:
    """Whether a data set of 100 rows counts as held out, if so many look like trained ones."""
    trained = Source(index=0, kind="loader", name="A", size=800, pool=None, trained={0: 50})
    other = Source(
        index=1,
        kind="loader",
        name="B",
        size=100,
        pool=None,
        rows=100,
        rows_trained=alike,
        shared={0: 0},
    )  # fmt: skip
    return Trace(sources=(trained, other)).is_held_out(1)
