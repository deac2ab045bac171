"""What rows tell of labels is far above chance where it is something, and near it where not."""

from __future__ import annotations

import pytest
import torch

from grader.observe.association import association, follows


def _data(kind: str, rows: int, draw: torch.Generator) -> tuple[torch.Tensor, torch.Tensor]:
    """Inputs, and labels that follow from them."""
    shared = torch.Generator().manual_seed(1)
    centres, slopes = torch.randn(4, 12, generator=shared), torch.randn(12, 1, generator=shared)
    if kind == "classes":
        labels = torch.randint(0, 4, (rows,), generator=draw)
        return centres[labels] + torch.randn(rows, 12, generator=draw), labels
    inputs = torch.randn(rows, 12, generator=draw)
    numbers = inputs @ slopes
    return inputs, numbers if kind == "numbers" else (numbers > 0).long().squeeze(1)


@pytest.mark.parametrize("kind", ["classes", "numbers", "halves"])
def test_labels_are_told_by_their_rows_and_by_no_others(kind: str) -> None:
    """In eight draws of each kind, however the rows are sorted."""
    for seed in range(8):
        draw = torch.Generator().manual_seed(seed)
        inputs, labels = _data(kind, 240, draw)
        order = labels.flatten().argsort()
        together = association(inputs[order], labels[order])
        apart = association(inputs, labels[torch.randperm(240, generator=draw)])
        assert together is not None
        assert apart is not None
        assert together > 6
        assert apart < 5
        new, told = _data(kind, 96, draw)
        right = follows(inputs, labels, new, told)
        wrong = follows(inputs, labels, new, told[torch.randperm(96, generator=draw)])
        assert right is not None
        assert wrong is not None
        assert right > 5
        assert wrong < 5


def test_nothing_is_said_of_few_rows_or_of_numbers_that_are_none() -> None:
    """Nor of two sets of rows that are not of one kind."""
    inputs, labels = _data("classes", 240, torch.Generator().manual_seed(0))
    assert association(inputs[:40], labels[:40]) is None
    assert association(inputs.log(), labels) is None
    assert follows(inputs, labels, inputs[:, :5], labels) is None
    assert follows(inputs, labels, inputs[:20], labels[:20]) is None


def test_rows_that_are_there_again_tell_nothing_new() -> None:
    """Four copies of 240 rows are as far from chance as the 240 rows are."""
    draw = torch.Generator().manual_seed(3)
    inputs, labels = _data("halves", 240, draw)
    new, told = _data("halves", 96, draw)
    assert association(inputs.repeat(4, 1)[:480], labels.repeat(4)[:480]) == association(
        inputs, labels
    )
    assert follows(inputs, labels, new.repeat(3, 1), told.repeat(3)) == follows(
        inputs, labels, new, told
    )
    assert association(inputs[:40].repeat(4, 1), labels[:40].repeat(4)) is None
