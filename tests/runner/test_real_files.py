"""What files are like that people write elsewhere: ends, exports, windows, warnings."""

from __future__ import annotations

import dataclasses

import pytest

from grader import bank
from grader.model import Outcome, Run, SubmissionKind
from grader.pipeline import Grader
from grading import Bench, submission

CHECKS = '''
from grader.checks import check

@check("ran")
def test_ran(student):
    """It ran to its end."""
    assert student.DONE.value == "done"
'''


def run_of(grade: Bench, source: str) -> tuple[Run, bool]:
    """The run of a program, and whether it came to its end."""
    graded = grade(CHECKS, f"{source.strip(chr(10))}\nDONE = 'done'\n", "ran")
    return graded.report.run, graded.report.verdict.passed


# --- a program that ends itself -------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("import sys\nsys.exit('needs a GPU')", ["line 2", "needs a GPU", "ended itself"]),
        ("exit()", ["line 1"]),
        ("quit(3)", ["line 1", "exit code 3"]),
        ("raise SystemExit", ["line 1"]),
        ("def f():\n    raise SystemExit(2)\nf()", ["line 2", "exit code 2"]),
        (("import argparse\np = argparse.ArgumentParser()\n"
         "p.add_argument('--data', required=True)\np.parse_args()"),
         ["line 4", "exit code 2", "without arguments"]),
        ("import sys\ndef main():\n    sys.exit()\n    print(1)\nmain()", ["line 3", "itself"]),
        ("class E(SystemExit):\n    code = property(lambda self: 1 / 0)\nraise E", ["line 3"]),
    ],
)  # fmt: skip
def test_a_program_that_ends_itself_is_told_where_and_how(
    grade: Bench, source: str, words: list[str]
) -> None:
    """The note has the line, the exit code and what the program said at its end."""
    run, passed = run_of(grade, source)
    assert not passed
    assert run.outcome is Outcome.OK
    note = next(note for note in run.notes if "ended itself" in note)
    assert all(word in note for word in words), note


def test_an_exit_at_the_very_end_is_not_worth_a_word(grade: Bench) -> None:
    """``sys.exit(main())`` as the last line ended nothing early."""
    source = "import sys\nDONE = 'done'\ndef main(): pass\nif __name__:\n    sys.exit(main())\n\n"
    graded = grade(CHECKS, source, "ran")
    assert graded.report.verdict.passed
    assert graded.report.run.notes == ()


# --- what an export of a notebook leaves ----------------------------------------------


@pytest.mark.parametrize(
    "source",
    [
        "!pip install -q torchinfo",
        "%matplotlib inline\n%load_ext autoreload\n%autoreload 2",
        "files = !ls\nassert files == []",
        "if True:\n    !mkdir -p data\n    %cd data",
        "!pip install \\\n    torchinfo",
        "get_ipython().system('pip install x')\nget_ipython().run_line_magic('cd', 'x')",
        "get_ipython().getoutput('ls')\nget_ipython().magic('matplotlib inline')",
        "%%time\nx = 1",
    ],
)
def test_lines_for_ipython_are_passed_over(grade: Bench, source: str) -> None:
    """They do nothing, and all else runs."""
    run, passed = run_of(grade, source)
    assert passed, run
    exported = "get_ipython" not in source
    assert any("for a notebook" in note for note in run.notes) is exported


@pytest.mark.parametrize(
    "source",
    [
        "get_ipython().run_cell_magic('time', '', 'for i in range(3):\\n    ran.append(i)\\n')",
        "get_ipython().run_cell_magic('capture', 'out', 'ran += [0, 1, 2]')",
        "get_ipython().run_line_magic('time', 'ran.extend(range(3))')",
        "get_ipython().run_line_magic('timeit', '-n 1 -r 1 ran.extend(range(3))')",
        "get_ipython().magic('time ran.extend(range(3))')",
        "%time ran.extend(range(3))",
    ],
)
def test_a_program_inside_of_a_magic_is_run(grade: Bench, source: str) -> None:
    """An export writes what stood below %%time as a string: the training may be in it."""
    run, passed = run_of(grade, f"ran = []\n{source}\nassert ran == [0, 1, 2], ran")
    assert passed, run


def test_a_crash_inside_of_a_magic_is_told_at_the_programs_line(grade: Bench) -> None:
    """The line that holds the string, for the text in it has no other."""
    source = "x = 1\nget_ipython().run_cell_magic('time', '', 'y = 2\\n1 / 0')"
    run, _ = run_of(grade, source)
    assert run.crash is not None
    assert run.crash.place is not None
    assert (run.crash.type, run.crash.place.line) == ("ZeroDivisionError", 2)


def test_a_line_after_a_magic_keeps_its_number(grade: Bench) -> None:
    """A crash below a magic of two lines is told at its own line."""
    run, _ = run_of(grade, "!pip install \\\n    torchinfo\n%matplotlib inline\n1 / 0")
    assert run.crash is not None
    assert run.crash.place is not None
    assert run.crash.place.line == 4


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("x = (1\n", 1),
        ("!pip install x\ny = (", 2),
        ("%matplotlib inline\n>>> x = 1", 2),
        ("%matplotlib inline\nif True:\nx = 1", 3),
        ("'''\n!pip\n'''\nx = = 1", 4),
        ("    x = 1", 1),
    ],
)
def test_another_syntax_error_stays_what_it_is(grade: Bench, source: str, line: int) -> None:
    """Only lines for IPython are passed over, and the error is told at its own line."""
    run, _ = run_of(grade, source)
    assert run.outcome is Outcome.INVALID
    assert run.crash is not None
    assert run.crash.place is not None
    assert run.crash.place.line >= line


def test_a_text_that_is_python_is_never_changed(grade: Bench) -> None:
    """A string that looks like a magic stays a string, and no note is made."""
    run, passed = run_of(grade, "text = '''\n!pip install x\n'''\nassert '!pip' in text")
    assert passed
    assert run.notes == ()


# --- windows --------------------------------------------------------------------------

DRAWN = """
plt.plot([1, 2]); plt.pause(0.01); plt.draw(); plt.show(block=False)
figures = len(plt.get_fignums()); assert figures == 1, figures
plt.savefig('a.png')
"""


@pytest.mark.parametrize(
    "ask",
    [
        "import matplotlib; matplotlib.use('TkAgg'); import matplotlib.pyplot as plt",
        "import matplotlib.pyplot as plt; import matplotlib; matplotlib.use('Qt5Agg', force=True)",
        "import matplotlib.pyplot as plt; plt.switch_backend('QtAgg')",
        "from matplotlib import pyplot as plt; plt.switch_backend('tkagg')",
        "import matplotlib as m; m.rcParams['backend'] = 'WebAgg'; import matplotlib.pyplot as plt",
        "import matplotlib; matplotlib.use('MacOSX'); from matplotlib import pyplot as plt",
        "import matplotlib; matplotlib.use('nbAgg'); import pylab; plt = pylab",
        "import matplotlib.pyplot as plt; plt.switch_backend('module://ipympl.backend_nbagg')",
    ],
)
def test_a_window_backend_draws_into_memory(grade: Bench, ask: str) -> None:
    """However it is asked for, the program plots, and a note says where."""
    run, passed = run_of(grade, ask + DRAWN)
    assert passed, run
    assert any("drawing into memory" in note for note in run.notes)


@pytest.mark.parametrize(
    "source",
    [
        (
            "import matplotlib.pyplot as plt\nplt.plot([1])\n"
            "m = plt.get_current_fig_manager(); m.window.showMaximized(); m.window.state('zoomed')"
        ),
        "import matplotlib.pyplot as plt\nplt.plot([1]); plt.waitforbuttonpress()",
        "import matplotlib; matplotlib.use('agg'); import matplotlib.pyplot as plt",
        "import os; os.environ['MPLBACKEND'] = 'Agg'; import matplotlib.pyplot as plt",
        "import matplotlib; matplotlib.use('pdf'); import matplotlib.pyplot as plt; plt.figure()",
    ],
)
def test_windows_that_are_not_there_stop_nothing(grade: Bench, source: str) -> None:
    """What is done to a window does nothing, nobody is waited for, and no note is made."""
    run, passed = run_of(grade, source)
    assert passed, run
    assert run.notes == ()


def test_a_backend_that_is_misspelt_stays_an_error(grade: Bench) -> None:
    """What matplotlib doesn't know at all is told as it tells it."""
    run, _ = run_of(grade, "import matplotlib.pyplot as plt; plt.switch_backend('TkAg')")
    assert run.crash is not None
    assert "tkag" in run.crash.message.lower()


# --- warnings -------------------------------------------------------------------------

WARNS = """
import torch, warnings
from torch import nn
net = nn.Linear(3, 1)
opt = torch.optim.SGD(net.parameters(), lr=0.01)
x, y = torch.randn(8, 3), torch.randn(8)
loss = ((net(x).squeeze() - y) ** 2).mean()
print("loss %.4f" % loss)
torch.nn.utils.clip_grad_norm(net.parameters(), 1)
torch.randn(2, 3, 4).T
with warnings.catch_warnings(record=True) as kept:
    warnings.simplefilter("always")
    torch.nn.utils.clip_grad_norm(net.parameters(), 1)
files = [str(each.filename) for each in kept]
"""


def test_warnings_point_to_the_programs_own_line(warm_grader: Grader) -> None:
    """No line of the grader's is in what a program prints to its error stream."""
    source = submission(WARNS + "print(files)\n", kind=SubmissionKind.SCRIPT)
    output = warm_grader.grade(bank.load("debug_loop"), source).run.output
    assert "grader/observe" not in output.stderr + output.stdout, output
    assert output.stderr.count("submission.py:") >= 3, output
    assert 'print("loss %.4f" % loss)' in output.stderr
    assert "submission.py" in output.stdout


# --- what a stand-in shows of us ------------------------------------------------------

REACHES = """
import sys, warnings, builtins, types
import matplotlib.pyplot as plt
seen, found = set(), []
waiting = [*sys.meta_path, warnings._showwarnmsg, plt.switch_backend, get_ipython(),
           sys.breakpointhook, input, sys.stdout, sys.modules.get("tqdm.notebook")]
try:
    import google.colab.drive as drive
    waiting += [drive, drive.mount]
except ImportError:
    pass
while waiting:
    thing = waiting.pop()
    if id(thing) in seen or len(seen) > 20_000:
        continue
    seen.add(id(thing))
    kind = type(thing)
    if kind.__name__ in ("Student", "Channel", "Recorder", "Notebook", "Program"):
        found.append(kind.__name__)
    if isinstance(thing, types.FunctionType):
        waiting += [cell.cell_contents for cell in thing.__closure__ or ()]
        waiting += thing.__defaults__ or ()
    elif isinstance(thing, types.MethodType):
        waiting += [thing.__self__, thing.__func__]
    elif kind.__module__.startswith("grader") or kind is dict or kind is list or kind is tuple:
        waiting += thing.values() if kind is dict else thing if kind in (list, tuple) else []
        waiting += vars(thing).values() if hasattr(thing, "__dict__") else []
        waiting += [v for v in vars(kind).values() if isinstance(v, types.FunctionType)]
assert len(seen) > 10
assert not found, found
"""


@pytest.mark.parametrize("kind", ["module", "notebook"])
def test_no_stand_in_leads_to_what_records(warm_grader: Grader, kind: str) -> None:
    """Closures, methods and attributes of what a program can name end before the channel."""
    source = submission(REACHES + "\nprint('nothing was found')\n", kind=SubmissionKind(kind))
    if kind == "notebook":
        cells = (dataclasses.replace(source.cells[0], number=1),)
        source = dataclasses.replace(source, cells=cells, name="a.ipynb")
    run = warm_grader.grade(bank.load("debug_loop"), source).run
    assert run.crash is None, run.crash
    assert "nothing was found" in run.output.stdout
