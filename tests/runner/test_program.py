"""A submission as a program: cells, magics, its own lines, and calls by parameter names."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from grader.runner import calling
from grader.runner.program import InvalidProgram, Program


@pytest.fixture(autouse=True)
def _own_main(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Programs take the place of __main__ and sys.argv, and write their file to the folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["pytest"])
    main = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = main


def notebook(*cells: str) -> Program:
    program = Program(name="nb.ipynb", kind="notebook", cells=list(enumerate(cells, 1)))
    program.prepare({})
    return program


def script(source: str, **provided: object) -> Program:
    program = Program(name="s.py", kind="script", cells=[(0, source)])
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


@pytest.mark.parametrize(
    "cell",
    [
        "!pip install torch\nx = 1",
        "%matplotlib inline\nx = 1",
        "%%time\nx = 1",
        "files = !ls\nx = 1",
        "if True:\n    !ls\n    x = 1",
        "t = %timeit -o 1\nx = 1",
        "torch?\nx = 1",
    ],
)
def test_what_is_no_python_in_a_cell_is_left_out(cell: str) -> None:
    """Magics and shell lines are skipped; the lines around them run at their own numbers."""
    program = notebook(cell)
    assert program.run() is None
    assert program.module.__dict__["x"] == 1


def test_a_line_that_looks_like_magic_inside_an_expression_stays() -> None:
    """A continuation that begins with % is the modulo operator."""
    program = notebook("x = (7\n % 4)\ns = '''\n%not magic\n!nor this\n'''")
    assert program.run() is None
    assert program.module.__dict__["x"] == 3
    assert "%not magic" in program.module.__dict__["s"]
    assert program.notes == []


def test_cells_of_other_languages_are_skipped() -> None:
    """A %%bash cell is no Python; the report says so."""
    program = notebook("%%bash\nrm -rf x", "x = 1")
    assert program.run() is None
    assert program.module.__dict__["x"] == 1
    assert "%%bash" in program.notes[0]


def test_top_level_await_runs() -> None:
    """Notebooks allow it."""
    program = notebook("import asyncio\nasync def f():\n    return 5\nx = await f()")
    assert program.run() is None
    assert program.module.__dict__["x"] == 5


def test_a_failing_cell_is_told_with_cell_and_line_and_the_rest_runs() -> None:
    """The first exception is the crash; later cells run."""
    program = notebook("a = 1", "b = 1\nc = 1 / 0", "d = 1")
    crash = program.run()
    assert crash is not None
    assert crash["type"] == "ZeroDivisionError"
    assert crash["frames"] == [["nb.ipynb", 2, 2, "c = 1 / 0"]]
    assert program.module.__dict__["d"] == 1


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


def test_a_parameter_that_says_nothing_is_named() -> None:
    """The message says which one, and what to do."""
    with pytest.raises(calling.CannotCall, match="'zeta'"):
        call("def run(zeta):\n    return zeta\n")
