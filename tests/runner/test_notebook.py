"""A notebook as a program: its cells, what they show, what is left out, and its own lines."""

from __future__ import annotations

import builtins
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from matplotlib import pyplot as plt
from matplotlib_inline.backend_inline import configure_inline_support
from matplotlib_inline.config import InlineBackend

from grader.runner.inside.notebook import Notebook
from grader.runner.inside.outputs import MAX_RICH, MAX_TEXT

pytestmark = pytest.mark.usefixtures("own_main")


class Told:
    """A notebook that was run, and what it told of its cells."""

    def __init__(self, *cells: str, **settings: Any) -> None:
        self.messages: list[dict[str, Any]] = []
        self.book = Notebook(
            name="nb.ipynb", cells=list(enumerate(cells, 1)), tell=self.messages.append, **settings
        )
        self.book.prepare({})
        self.crash = self.book.run()

    @property
    def names(self) -> dict[str, Any]:
        return self.book.module.__dict__

    def cell(self, number: int) -> dict[str, Any]:
        return [told for told in self.messages if told["number"] == number][-1]

    def shown(self, number: int) -> list[tuple[str, str]]:
        """Kind (or stream) and text of each output of a cell."""
        return [
            (output["name"] or output["kind"], output["data"].get("text/plain", ""))
            for output in self.cell(number)["outputs"]
        ]

    def ends(self) -> list[str]:
        return [told["status"] for told in self.messages if told["status"] != "running"]


@pytest.mark.parametrize(
    "cell",
    [
        "!pip install torch\nx = 1",
        "%matplotlib inline\nx = 1",
        "%%time\nx = 1",
        "\n\n%%time\nx = 1",
        "%%time\n%%capture\nx = 1",
        "%%capture\nx = 1",
        "%%no_such_magic --and options\nx = 1",
        "%no_such_magic\nx = 1",
        "files = !ls\nx = 1",
        "if True:\n    !ls\n    x = 1",
        "t = %timeit -n 10000 -o 1\nx = 1",
        "torch?\nx = 1",
        "??len\nx = 1",
        "%load_ext autoreload\n%autoreload 2\nx = 1",
        "%config InlineBackend.figure_format = 'retina'\nx = 1",
        "%run other.ipynb\nx = 1",
        "%debug\nx = 1",
        "get_ipython().system('ls')\nx = 1",
        "get_ipython().run_cell_magic('bash', '', 'ls')\nx = 1",
        ">>> x = 1",
        "    x = 1\n    y = 2",
    ],
)
def test_magics_and_shell_lines_do_no_harm(cell: str) -> None:
    """The lines around them run."""
    told = Told(cell)
    assert told.crash is None
    assert told.names["x"] == 1


def test_what_was_left_out_is_noted_once() -> None:
    """One note for all shell lines, one for each magic that isn't there."""
    told = Told("!ls\n!pip install x\ny = !ls", "%pip install z", "%lprun -f a b\n%lprun -f a b")
    assert len(told.book.notes) == 2
    assert told.names["y"] == []


def test_a_line_that_looks_like_magic_inside_an_expression_stays() -> None:
    """A continuation that begins with % is the modulo operator."""
    told = Told("x = (7\n % 4)\ns = '''\n%not magic\n!nor this\n'''")
    assert told.crash is None
    assert told.names["x"] == 3
    assert "%not magic" in told.names["s"]
    assert told.book.notes == []


@pytest.mark.parametrize("name", ["bash", "sh", "R", "script python", "python2", "cython"])
def test_cells_of_other_languages_are_skipped(name: str) -> None:
    """The cell is told as skipped, and a note says why."""
    told = Told(f"%%{name}\nrm -rf x", "x = 1")
    assert told.ends() == ["skipped", "ok"]
    assert f"%%{name.split(maxsplit=1)[0]}" in told.book.notes[0]


def test_a_timed_statement_runs_once() -> None:
    """A training step under %timeit is no toy."""
    told = Told("n = []", "%timeit -n 1000 -r 7 n.append(1)", "%%timeit -r5\nn.append(1)")
    assert told.crash is None
    assert len(told.names["n"]) == 2


def test_top_level_await_runs_in_the_only_thread() -> None:
    """Notebooks allow it."""
    told = Told("import asyncio, threading\nasync def f():\n    return threading.get_ident()",
                "x = await f()")  # fmt: skip
    assert told.names["x"] == threading.get_ident()


# --- lines --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "line"),
    [
        ("b = 1\nc = 1 / 0", 2),
        ("\n\n  \nc = 1 / 0", 4),
        ("%%time\n\nc = 1 / 0", 3),
        ("\n%%time\nc = 1 / 0", 3),
        ("%%capture out\nc = 1 / 0", 2),
        ("x = !ls \\\n  -l \\\n  -a\nc = 1 / 0", 4),
        ("%env A=1 \\\n  2\n!echo \\\n hi\nc = 1 / 0", 5),
        ("s = '''\n%x\n'''\n!ls\nfor i in range(2):\n    !ls\n    c = 1 / 0", 7),
        ("%time c = 1 / 0", 1),
        ("# a\n%timeit 1 / 0", 2),
        ("def f():\n    return 1 / 0\n\n\n%time f()", 2),
        ("await __import__('asyncio').sleep(0)\nc = 1 / 0", 2),
    ],
)
def test_a_failing_line_is_the_authors_own(cell: str, line: int) -> None:
    """Magics around it, over several lines, and blank lines at the top change no number."""
    told = Told("a = 1", cell, "d = 1")
    assert told.crash is not None
    assert told.crash["type"] == "ZeroDivisionError"
    file, number, of_cell, text = told.crash["frames"][-1]
    assert (file, number, of_cell) == ("nb.ipynb", line, 2)
    assert "1 / 0" in text
    assert told.names["d"] == 1
    assert told.ends() == ["ok", "failed", "ok"]


@pytest.mark.parametrize(
    ("cell", "line"),
    [("x = (", 1), ("\n\na b", 3), ("!ls\nreturn 5", 2), ("%%time\nx = 1\n y = 2", 3)],
)
def test_a_syntax_error_costs_its_cell(cell: str, line: int) -> None:
    """The line is the author's, and the other cells run."""
    told = Told(cell, "x = 1")
    assert told.crash is not None
    assert told.crash["frames"][0][:3] == ["nb.ipynb", line, 1]
    assert told.ends() == ["failed", "ok"]


def test_a_module_that_a_cell_writes_can_be_imported_and_has_lines() -> None:
    """The lines of such a file are the author's own too."""
    told = Told("%%writefile tools_of_nb.py\ndef f():\n    return 1 / 0", "import tools_of_nb",
                "tools_of_nb.f()")  # fmt: skip
    del sys.modules["tools_of_nb"]
    assert told.crash is not None
    assert told.crash["frames"][-1] == ["tools_of_nb.py", 2, None, "    return 1 / 0"]


def test_functions_of_cells_have_a_source() -> None:
    """``inspect.getsource`` finds the author's text."""
    told = Told("\n!ls\ndef f():\n    return 1", "import inspect; text = inspect.getsource(f)")
    assert told.names["text"] == "def f():\n    return 1\n"


# --- what is shown --------------------------------------------------------------------------


def test_streams_and_values_come_in_order() -> None:
    """Prints of both streams are interleaved as they were made; the last value comes last."""
    told = Told("import sys\nprint('a')\nprint('b', file=sys.stderr)\nprint('c')\n5", "6;", "None")
    assert told.shown(1) == [
        ("stdout", "a\n"), ("stderr", "b\n"), ("stdout", "c\n"), ("execute_result", "5"),
    ]  # fmt: skip
    assert told.shown(2) == told.shown(3) == []


def test_a_bar_that_writes_over_itself_is_one_line() -> None:
    """What a carriage return overwrites is not kept."""
    told = Told("for i in range(5000):\n    print(f'\\r{i:4d}', end='')\nprint()\nprint('end')")
    assert told.shown(1) == [("stdout", "4999\nend\n")]


def test_rich_values_keep_their_forms() -> None:
    """HTML, Markdown and bytes of pictures, the latter as base64."""
    told = Told(
        "class R:\n    def _repr_html_(self): return '<b>r</b>'\n"
        "    def _repr_png_(self): return b'png'\nR()",
        "from IPython.display import Markdown, HTML\ndisplay(Markdown('*a*'), HTML('<i>b</i>'))",
    )
    (value,) = told.cell(1)["outputs"]
    assert value["data"]["text/html"] == "<b>r</b>"
    assert value["data"]["image/png"] == "cG5n"
    kinds = [set(output["data"]) for output in told.cell(2)["outputs"]]
    assert kinds == [{"text/plain", "text/markdown"}, {"text/plain", "text/html"}]


def test_each_figure_is_shown_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """By show(), at the cell's end, or as its value: one picture each."""
    # A process of a student has one shell; here earlier tests have had theirs.
    monkeypatch.setattr(configure_inline_support, "current_backend", "unset", raising=False)
    InlineBackend.clear_instance()
    plt.close("all")
    told = Told(
        "import matplotlib.pyplot as plt",
        "plt.plot([1, 2]); plt.show(); print('after')",
        "plt.plot([2, 1]);",
        "fig, ax = plt.subplots(); ax.plot([1, 3]); fig",
        "%matplotlib notebook\nplt.plot([1]); plt.figure(); plt.plot([1])\nplt.show()",
        "print('none')",
    )
    assert told.crash is None
    pictures = [
        sum("image/png" in output["data"] for output in told.cell(number)["outputs"])
        for number in range(1, 7)
    ]
    assert pictures == [0, 1, 1, 1, 2, 0]
    assert told.shown(2)[1] == ("stdout", "after\n")


def test_cleared_and_updated_outputs_leave_the_last() -> None:
    """``clear_output`` and display handles work as in a notebook."""
    told = Told(
        "from IPython.display import clear_output\n"
        "for i in range(3):\n    clear_output(wait=True)\n    print(i)",
        "h = display(1, display_id=True)\nh.update(2)",
        "print('gone'); clear_output(); print('there'); clear_output(wait=True)",
    )
    assert told.shown(1) == [("stdout", "2\n")]
    assert told.shown(2) == [("display_data", "2")]
    assert told.shown(3) == [("stdout", "there\n")]


def test_an_error_is_shown_in_the_authors_lines_alone() -> None:
    """No frame of IPython or torch."""
    told = Told("def f(x):\n    return x['a']", "f({})")
    ((name, text),) = told.shown(2)
    assert name == "KeyError"
    assert text.split("\n") == [
        "cell 2, line 1", "    f({})", "cell 1, line 2", "    return x['a']", "KeyError: 'a'",
    ]  # fmt: skip


def test_captured_output_is_not_shown() -> None:
    """It is in the variable that %%capture names."""
    told = Told("%%capture c\nprint('x')\n7", "c.stdout, len(c.outputs)")
    assert told.shown(1) == []
    assert told.shown(2) == [("execute_result", "('x\\n', 1)")]


def test_what_is_too_large_is_cut_and_says_so() -> None:
    """Text is cut, a picture left out; neither is a crash."""
    told = Told(
        "print('x' * 3_000_000)",
        "class P:\n    def _repr_png_(self): return b'p' * 50_000_000\n"
        "    def __repr__(self): return 'P'\nP()",
        "for i in range(1000): display(i)",
    )
    assert told.crash is None
    assert len(told.shown(1)[0][1]) == MAX_TEXT
    assert "more characters" in told.shown(1)[1][1]
    ((_, text),) = told.shown(2)
    assert text.startswith("P\n[image/png of 66,6")
    assert len(told.cell(3)["outputs"]) < 1000
    assert "more outputs" in told.shown(3)[-1][1]
    assert sum(len(v) for o in told.cell(2)["outputs"] for v in o["data"].values()) < MAX_RICH


# --- what depends on what ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cells", "after"),
    [
        (["a = 1\nb = 1 / 0\nc = 2", "a", "b", "c"], [(), (), (1,), (1,)]),
        (["b = 1 / 0", "b = 2", "b"], [(), (), ()]),
        (["b = 1 / 0", "def f():\n    return b", "x = 1"], [(), (1,), ()]),
        (["b = 1 / 0", "lambda b: b", "[b for b in []]"], [(), (), ()]),
        (["b = 1 / 0", "{b for b in []}", "{b: b for b in []}"], [(), (), ()]),
        (["b = 1 / 0", "[a for a in [b]]", "{a: b for a in []}"], [(), (1,), (1,)]),
        (["b = 1 / 0", "[await a for a in []]", "[(b := a) for a in []]", "b"], [(), (), (), ()]),
        (["for i in [1, 0]:\n    q = 1 / i", "q", "i"], [(), (1,), (1,)]),
        (["import nothing_of_this_name as n", "n.x", "y = 1"], [(), (1,), ()]),
        (["%%time\n!ls\nb = 1 / 0", "!ls\nb"], [(), (1,)]),
        (["with open('no') as f:\n    t = f.read()", "u = len(t)", "u"], [(), (1,), (2,)]),
        (["(", "x = 1"], [(), ()]),
        (["b = await 1 / 0", "b.c.d(1)"], [(), (1,)]),
    ],
)
def test_cells_know_the_failed_cells_whose_names_they_read(
    cells: list[str], after: list[tuple[int, ...]]
) -> None:
    """Names that the failed cell had bound before it failed are not among them."""
    told = Told(*cells)
    assert [tuple(told.cell(n)["after_failure"]) for n in range(1, len(cells) + 1)] == after


def test_a_cell_that_needs_a_later_one_is_explained() -> None:
    """With the order in which the author ran them, if the file tells it."""
    told = Told("1", "print(late)", "late = 1", counts={1: 1, 2: 5, 3: 4})
    (note,) = told.book.notes
    assert "Cell 2 reads late, which cell 3 defines" in note
    assert "cell 3 had been run first" in note
    assert Told("print(never)", "x = 1").book.notes == []


# --- ends ------------------------------------------------------------------------------------


def test_a_cell_over_its_limit_is_interrupted() -> None:
    """The rest runs; what the cell had shown is kept, and it is no crash."""
    told = Told("print('on')\nwhile True: pass", "x = 1", limit_s=0.3)
    assert told.crash is None
    assert told.ends() == ["timed_out", "ok"]
    assert told.shown(1)[0] == ("stdout", "on\n")


def test_a_cell_that_handles_its_interrupt_was_still_too_long() -> None:
    """A loop that ends by ``except KeyboardInterrupt`` goes on with the cell."""
    wait = (
        "import time\ntry:\n    while True: time.sleep(0.01)\nexcept KeyboardInterrupt:\n    x = 1"
    )
    told = Told(wait, limit_s=0.3)
    assert told.ends() == ["timed_out"]
    assert told.names["x"] == 1


def test_an_interrupt_closes_what_was_open() -> None:
    """Later cells find gradients enabled, whatever line the interrupt came at."""
    loop = "while True:\n    with torch.no_grad():\n        torch.ones(1)\n    torch.ones(1)"
    told = Told("import torch", *[loop] * 5, "on = torch.is_grad_enabled()", limit_s=0.12)
    assert told.ends() == ["ok", *["timed_out"] * 5, "ok"]
    assert told.names["on"] is True


def test_a_running_cell_is_told_now_and_then() -> None:
    """What it has shown so far is there if the process dies."""
    told = Told("import time\nprint('early')\ntime.sleep(0.6)")
    live = [m for m in told.messages if m["status"] == "running" and m["outputs"]]
    assert live[0]["outputs"][0]["data"]["text/plain"] == "early\n"


@pytest.mark.parametrize("end", ["exit()", "quit()", "import sys; sys.exit(1)", "raise SystemExit"])
def test_an_exit_ends_the_notebook(end: str) -> None:
    """It is no crash; a note says that cells were not run."""
    told = Told("x = 1", end, "x = 2")
    assert told.crash is None
    assert told.names["x"] == 1
    assert "Cell 2 ended the notebook" in told.book.notes[0]


def test_the_streams_of_the_process_come_back() -> None:
    """What is printed after the notebook has ended is none of a cell's."""
    before = sys.stdout, sys.stderr
    Told("import sys\nsys.stdout = None", "x = 1")
    assert (sys.stdout, sys.stderr) == before


# --- as an author knows it ---------------------------------------------------------------------


def test_the_shell_is_ipythons() -> None:
    """In, Out, the underscores, get_ipython and a name by which libraries know notebooks."""
    told = Told(
        "2 + 3", "_ + 1", "__ + Out[1]", "In[1], type(get_ipython()).__name__, __name__",
        "from IPython.core.magic import register_line_magic\n"
        "@register_line_magic\ndef hello(line): return 'hi ' + line",
        "%hello you", "'__file__' in globals()",
    )  # fmt: skip
    assert told.crash is None
    assert [told.shown(n)[0][1] for n in (2, 3, 4, 6, 7)] == [
        "6", "10", "('2 + 3', 'ZMQInteractiveShell', '__main__')", "'hi you'", "False",
    ]  # fmt: skip


def test_nothing_is_left_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No history, no profile, no folder; a startup file that lies there is not run."""
    startup = tmp_path / ".ipython" / "profile_default" / "startup"
    startup.mkdir(parents=True)
    (startup / "evil.py").write_text("raise SystemExit(3)\n")
    (startup.parent / "ipython_config.py").write_text("raise SystemExit(3)\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / ".ipython"))
    before = sorted(tmp_path.rglob("*"))
    threads = threading.active_count()
    assert Told("x = 1\nx", "%cd .\n%pwd", "1 / 0").names["x"] == 1
    assert sorted(tmp_path.rglob("*")) == before
    assert threading.active_count() == threads


def test_hostile_cells_cost_themselves() -> None:
    """A program that replaces what notebooks rest on still has its cells told."""
    told = Told(
        "import sys, builtins\nget_ipython = display = print = None",
        "sys.stdout.write = 5",
        "from IPython import get_ipython as g",
        "g().run_cell = g().displayhook = None\n7",
        "class E(Exception):\n    def __str__(self): raise self\nraise E()",
        "class B(BaseException): pass\nraise B",
    )  # fmt: skip
    assert told.crash is not None
    assert len(told.ends()) == 6
    assert builtins.print is print
