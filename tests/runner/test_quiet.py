"""What a grader can't give a program is served quietly, and the report says so."""

from __future__ import annotations

import pytest

from grader.model import Status
from grading import Bench

CHECKS = '''
from grader.checks import check

@check("ran")
def test_ran(student):
    """It ran to its end."""
    assert student.DONE.value == "done"
'''

COMPILED = """
import copy, torch

@torch.compile(fullgraph=True)
def loss(output):
    return output.square().sum()

model = torch.compile(torch.nn.Linear(3, 2), mode="reduce-overhead")
loss(model(torch.ones(1, 3))).backward()
assert model.weight.grad is not None
torch.save(model._orig_mod.state_dict(), "model.pt")
copy.deepcopy(model)._orig_mod.load_state_dict(torch.load("model.pt"))
assert [name for name, _ in model.named_parameters()] == ["weight", "bias"]
model.compile()
DONE = "done"
"""

WORKERS = """
import torch
from torch.utils.data import DataLoader, TensorDataset
data = TensorDataset(torch.arange(10))
loader = DataLoader(data, 4, num_workers=2, persistent_workers=True, prefetch_factor=4)
assert [len(batch) for batch, in loader] == [4, 4, 2]
DONE = "done"
"""

BREAKPOINT = """
breakpoint()
display(get_ipython())
DONE = "done"
"""


@pytest.mark.parametrize(
    ("source", "notes"),
    [
        pytest.param(
            COMPILED, {"torch.compile was served", "Module.compile was served"}, id="compiled"
        ),
        pytest.param(WORKERS, {"DataLoader(num_workers=…) was served"}, id="workers"),
        pytest.param(BREAKPOINT, {"breakpoint() did nothing"}, id="breakpoint"),
    ],
)
def test_a_program_goes_on_with_what_it_can_have(
    grade: Bench, source: str, notes: set[str]
) -> None:
    """It runs to its end, and each stand-in is told once."""
    graded = grade(CHECKS, source, "ran")
    assert graded["ran"].status is Status.PASSED, graded["ran"].message
    told = graded.report.run.notes
    assert len(told) == len(notes)
    assert all(any(note.startswith(start) for note in told) for start in notes), told
