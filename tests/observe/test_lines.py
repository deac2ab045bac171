"""The line of a loss: where it is computed, and not where its backward pass is asked for."""

from __future__ import annotations

from grader.schema.rows import Criterion
from recording import record

TWO_LOSSES = """
import torch
import torch.nn.functional as F
from torch import nn

model = nn.Linear(64, 5)
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
for images, labels in train_loader:
    outputs = model(images.flatten(1))
    classes = F.cross_entropy(outputs[:, :4], labels)
    amount = nn.MSELoss(reduction="sum")(
        outputs[:, 4], labels.float()
    )
    smooth = F.nll_loss(F.log_softmax(outputs[:, :4], 1), labels)
    optimizer.zero_grad()
    total = classes + 0.1 * amount + smooth
    total.backward()
    optimizer.step()
"""


def test_each_loss_of_a_step_has_its_own_line() -> None:
    """A function, a module and a function of a function: each node is told with its line."""
    rows = [row for row in record(TWO_LOSSES).of(Criterion) if row.backward == 1]
    lines = {(row.name, row.place.line if row.place else 0) for row in rows}
    assert lines == {
        ("NllLoss", 10),
        ("LogSoftmax", 10),
        ("MseLoss", 11),
        ("NllLoss", 14),
        ("LogSoftmax", 14),
    }


def test_what_a_loss_was_given_is_read() -> None:
    """Rows, classes and the reduction; how surprised the model was; what the targets are."""
    rows = {(row.name, row.reduction): row for row in record(TWO_LOSSES).of(Criterion)}
    amount, classes = rows["MseLoss", "sum"], rows["NllLoss", "mean"]
    assert (amount.rows, amount.whole, amount.highest) == (16, True, 3)
    assert (classes.rows, classes.classes, classes.axis, classes.length) == (16, 4, 1, 4)
    assert classes.surprise is not None
    assert 0 < classes.surprise < 3
