"""What a loop makes of a loader's batch is that loader's; what it can't be sure of, nobody's."""

from __future__ import annotations

import pytest

from grader.rules import trained_on_held_out, validation_in_train_mode
from grader.trace.trace import Trace
from recording import record, run

PROGRAM = """
import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)
basis, others = torch.randn(64, 64), torch.randn(256, 1, 8, 8)
encoder = nn.Sequential(nn.Flatten(), nn.Linear(64, 64))
model = nn.Sequential(nn.Flatten(), nn.LazyLinear(16), nn.Dropout(0.2), nn.ReLU(), nn.Linear(16, 4))
model(MADE(torch.zeros(2, 1, 8, 8)))
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
for epoch in range(3):
    for x, y in train_loader:
        optimizer.zero_grad()
        F.cross_entropy(model(MADE(x)), y).backward()
        optimizer.step()
with torch.no_grad():
    for x, y in LOOKED:
        model(GIVEN)
"""
UPDATES = 48
"""Three epochs of 16 batches."""
KNOWN = {
    "padded": "F.pad(x, (1, 1, 1, 1))",
    "pooled": "F.avg_pool2d(x, 2)",
    "projected": "x.flatten(1) @ basis",
    "in three channels": "x.repeat(1, 3, 1, 1)",
    "with much noise": "x + 5 * torch.randn_like(x)",
    "nearly only noise": "0.1 * x + torch.randn(x.shape)",
    "in another order": "x[torch.randperm(len(x))]",
    "mixed with each other": "0.6 * x + 0.4 * x.flip(0)",
    "written into a copy": "filled(x)",
    "written into an empty one": "written(x)",
    "encoded": "encoder(x).detach()",
    "by another module": "nn.functional.normalize(x.flatten(1))",
}
UNKNOWN = {
    "as columns": "(basis @ x.flatten(1).T).T",
    "mixed with others": "0.5 * x + 0.5 * others[:len(x)]",
    "by numpy": "torch.tensor(np.flip(x.numpy(), 3).copy())",
    "by numpy, shared": "torch.from_numpy(3 * x.numpy())",
}
HELPERS = """
def filled(x):
    x = x.clone()
    x[:, :, :4] = 0.0
    return x
def written(x):
    y = torch.zeros(x.shape)
    y[:] = x.flip(3)
    return y
"""


def found(made: str, looked: str, given: str = "MADE(x)", mode: str = "") -> list[str]:
    """What the rules on held-out data find in a training on what ``made`` makes of a batch."""
    program = PROGRAM.replace("with torch.no_grad", f"{mode}\nwith torch.no_grad")
    program = program.replace("LOOKED", looked).replace("GIVEN", given).replace("MADE", "made")
    definition = f"{HELPERS}\ndef made(x):\n    return {made}\n"
    trace = record(program.replace("encoder = ", f"{definition}encoder = ", 1))
    assert trace.faults == ()
    assert trace.updates == UPDATES
    return names(trace)


def names(trace: Trace) -> list[str]:
    """The rules that find something."""
    rules = (validation_in_train_mode, trained_on_held_out)
    return [finding.rule for rule in rules for finding in rule.find(trace)]


@pytest.mark.parametrize("way", KNOWN)
def test_what_is_made_of_a_batch_is_its_loaders(way: str) -> None:
    """Held-out data is known as such, and data that was trained on is never taken for it."""
    made = KNOWN[way]
    assert found(made, "val_loader") == ["validation-in-train-mode"]
    assert found(made, "train_loader") == []
    assert found(made, "val_loader", mode="model.eval()") == []


@pytest.mark.parametrize("way", [*KNOWN, *UNKNOWN])
def test_rows_that_were_changed_in_training_were_trained_on(way: str) -> None:
    """Looked at as they are, in training mode, they are not held out, known or not."""
    made = {**KNOWN, **UNKNOWN}[way]
    same_shape = "x if made(x).shape[1:].numel() == 64 else made(x)"
    assert found(made, "train_loader", same_shape) == []


@pytest.mark.parametrize("way", UNKNOWN)
def test_what_may_be_other_data_is_nobodys(way: str) -> None:
    """Whether it is held out is not known, so nothing is said of it."""
    assert found(UNKNOWN[way], "val_loader") == []


def test_a_line_that_is_given_other_data_too_is_not_trusted() -> None:
    """A look at noise by the line that looks at the loader's rows is no look at these."""
    draws = "[(x if n % 2 else torch.randn(32, 1, 8, 8), y) for n, (x, y) in enumerate(val_loader)]"
    assert found("x * 2", draws, mode="model.eval()") == []


def test_a_batch_that_is_given_as_it_came_ends_the_noting() -> None:
    """So nothing of the first step is noted but what happens before the call."""
    program = """
import torch
model = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(64, 4))
modes = []
for x, y in train_loader:
    modes.append(len(torch.overrides._get_current_function_mode_stack()))
    loss = model(x).sum()
    modes.append(len(torch.overrides._get_current_function_mode_stack()))
"""
    _, modes = run(program, then=lambda _, names: names["modes"])
    assert modes == [1] + [0] * 31
