"""A script as a program: its own lines, its end, and calls by parameter names."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import nn

from grader.runner.inside import calling
from grader.runner.inside.program import InvalidProgram, Program

pytestmark = pytest.mark.usefixtures("own_main")


def script(source: str, **provided: object) -> Program:
    program = Program(name="s.py", cells=[(0, source)])
    program.prepare(provided)
    return program


def test_a_script_runs_as_main_with_what_is_provided() -> None:
    """``if __name__ == "__main__"`` holds, and provided names are globals."""
    program = script("if __name__ == '__main__':\n    y = x + 1\n", x=1)
    assert program.run() is None
    assert program.module.__dict__["y"] == 2


def test_sys_exit_ends_a_script_without_a_crash() -> None:
    """What comes after it doesn't run."""
    program = script("a = 1\nimport sys; sys.exit(0)\na = 2\n")
    assert program.run() is None
    assert program.module.__dict__["a"] == 1


def test_a_script_finds_its_own_source() -> None:
    """The source and __file__ are there as for a file that was started by hand."""
    program = script("import inspect\ndef f():\n    return 1\ntext = inspect.getsource(f)\n")
    assert program.run() is None
    assert program.module.__dict__["text"].startswith("def f()")


def test_a_syntax_error_keeps_its_line() -> None:
    """In a script it is raised, with the line in the student's file."""
    with pytest.raises(InvalidProgram) as caught:
        script("x = 1\ny = (\n").run()
    assert caught.value.crash["frames"][0][:2] == ["s.py", 2]


def test_deep_recursion_is_a_short_traceback() -> None:
    """A thousand frames are cut to the first and last few."""
    crash = script("def f(n):\n    return f(n + 1)\nf(0)\n").run()
    assert crash is not None
    assert crash["type"] == "RecursionError"
    assert len(crash["frames"]) <= 30


def test_an_exception_whose_text_raises_is_told_without_it() -> None:
    """A hostile __str__ changes nothing."""
    crash = script("class E(Exception):\n    def __str__(self): raise self\nraise E()\n").run()
    assert crash is not None
    assert (crash["type"], crash["message"]) == ("E", "")


def call(source: str, **provided: object) -> object:
    program = script(source)
    program.run()
    entry = program.entry_point()
    assert entry is not None
    return calling.call(entry[1], dict(provided), program.module.__dict__)


def test_main_is_preferred_to_train() -> None:
    """A file with both calls train from main."""
    assert call("def train():\n    return 't'\ndef main():\n    return 'm'\n") == "m"


def test_parameters_are_filled_by_name() -> None:
    """Loaders from the grader, a model from the file, a criterion and an optimizer that fit."""
    source = """
from torch import nn
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(2, 2)
def train(model, train_loader, val_dl, criterion, optimizer, device, epochs=3, verbose=False):
    return model, train_loader, val_dl, criterion, optimizer, device, epochs, verbose
"""
    given: Any = call(source, train_loader="T", val_loader="V")
    model, train, val, criterion, optimizer, device, epochs, verbose = given
    assert type(model).__name__ == "Net"
    assert (train, val, epochs, verbose) == ("T", "V", 3, False)
    assert isinstance(criterion, nn.CrossEntropyLoss)
    assert optimizer.param_groups[0]["params"] == list(model.parameters())
    assert device == torch.device("cpu")


def test_the_files_own_names_come_first() -> None:
    """A global of the same name is what the parameter means."""
    assert call("lr = 7\ndef fit(lr):\n    return lr\n") == 7


PARTS = """
from torch import nn
class Block(nn.Module):
    def __init__(self, size=400):
        super().__init__()
        self.fc = nn.Linear(size, size)
class Head(nn.Module):
    def __init__(self, size):
        super().__init__()
class {name}(nn.Module):
    def __init__(self):
        super().__init__()
        self.parts = nn.Sequential({parts})
class Loss(nn.Module):
    pass
def train(model):
    return type(model).__name__
"""


@pytest.mark.parametrize(
    ("name", "parts"),
    [("MNISTNet", "nn.Linear(2, 2)"), ("Net", "Block(3)"), ("Reader", "Block(), Block()")],
)
def test_the_model_is_no_part_of_one(name: str, parts: str) -> None:
    """Of several classes the one that is named like a model, else the one with most in it."""
    assert call(PARTS.format(name=name, parts=parts)) == name


def test_a_model_that_was_made_comes_before_a_class() -> None:
    """By its name, or as the largest there is."""
    made = PARTS.format(name="MNISTNet", parts="Block()")
    assert call(made + "small = Block(2)\nnet = Block(1)\n") == "Block"
    assert call(made + "mine = MNISTNet()\nblock = Block(2)\n") == "MNISTNet"


def test_a_parameter_that_says_nothing_is_named() -> None:
    """The message says which one, and what to do."""
    with pytest.raises(calling.CannotCall, match="'zeta'"):
        call("def run(zeta):\n    return zeta\n")
