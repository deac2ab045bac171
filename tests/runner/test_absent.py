"""Packages that aren't there: loggers are dropped, report tools fail when used, typos stay errors.

None of the packages named here is a dependency of this one, directly or by way of others.
"""

from __future__ import annotations

import pytest

from grader.model import Limits
from grading import Bench

PATIENT = Limits(check_s=60.0, wall_s=90.0)  # importing a large package takes seconds

CHECKS = '''
from grader.checks import check

@check("ran")
def test_ran(student):
    """It ran to its end."""
    assert student.DONE.value == "done"
'''


def notes_of(grade: Bench, source: str) -> tuple[str, ...]:
    """The notes of a program that runs to its end."""
    graded = grade(CHECKS, f"{source}\nDONE = 'done'\n", "ran", limits=PATIENT)
    assert graded.report.verdict.passed, graded.report.run
    return graded.report.run.notes


@pytest.mark.parametrize(
    "source",
    [
        (
            "import wandb\nwandb.login(); run = wandb.init(project='x', config={'lr': 0.1})\n"
            "assert wandb.config.lr == run.config['lr'] == 0.1\n"
            "wandb.config.update({'b': 2}); wandb.config.c = 3; assert wandb.config.b == 2\n"
            "wandb.watch(run); wandb.log({'loss': 1}); wandb.run.summary['x'] = 1; wandb.finish()"
        ),
        "import argparse, wandb\nwandb.init(config=argparse.Namespace(lr=1)); wandb.config.lr + 1",
        (
            "import mlflow, mlflow.pytorch\nwith mlflow.start_run() as run:\n"
            "    mlflow.log_params({}); mlflow.pytorch.log_model(run, 'm'); print(run.info.run_id)"
        ),
        (
            "from torch.utils.tensorboard import SummaryWriter\nwith SummaryWriter('a') as w:\n"
            "    w.add_scalar('loss', 1.0, 2)\nassert isinstance(w, SummaryWriter)"
        ),
        "from tensorboardX import SummaryWriter\nclass Mine(SummaryWriter): pass\nMine().close()",
        "import torch.utils.tensorboard as tb\ntb.SummaryWriter().add_graph(None)",
    ],
)
def test_a_logger_takes_everything_and_says_so_in_a_note(grade: Bench, source: str) -> None:
    """What is told on the way of a training never ends it, and settings can be read back."""
    assert any("was dropped" in note for note in notes_of(grade, source))


@pytest.mark.parametrize(
    "source",
    [
        "import plotly.express as px",
        "from pytorch_lightning import Trainer, seed_everything as seed",
        "import cv2, einops, termcolor",
        "import importlib; importlib.import_module('skimage.io')",
        "def f(x: 'str'): pass\nimport polars as pl\ndef g(x: pl.DataFrame | None) -> pl.A: ...",
        "import polars as pl\nassert not isinstance(1, pl.DataFrame)\npl.Config.set_tbl_rows(3)",
        "try:\n    import plotly\nfinally:\n    pass",
    ],
)
def test_a_report_tool_can_be_imported_in_any_form(grade: Bench, source: str) -> None:
    """A note names it; annotations, settings and questions about it do nothing."""
    assert any("is not there" in note for note in notes_of(grade, source))


@pytest.mark.parametrize(
    ("source", "used"),
    [
        ("import plotly.express as px\npx.line([1])", "plotly.express.line"),
        ("from cv2 import imread\nimread('a')", "cv2.imread"),
        ("import lightning as L\nclass Net(L.LightningModule): pass", "lightning.LightningModule"),
        ("import polars\nfor x in polars.read_csv: pass", "polars.read_csv"),
        ("import wandb\nwandb.agent('id', function=print)", "wandb.agent"),
    ],
)
def test_using_what_is_not_there_fails_and_says_what_is(
    grade: Bench, source: str, used: str
) -> None:
    """The explanation names the thing, the package and what there is instead."""
    run = grade(CHECKS, source, "ran").report.run
    assert run.crash is not None
    assert used in run.crash.message
    assert "torchmetrics" in run.crash.explanation


@pytest.mark.parametrize("name", ["my_utils", "pandsa", "helper.functions", "torch.nm", "pandas_"])
def test_another_name_stays_an_error(grade: Bench, name: str) -> None:
    """A misspelt module and one's own that wasn't handed in are told as ever."""
    run = grade(CHECKS, f"import {name}", "ran").report.run
    assert run.crash is not None
    assert run.crash.type == "ModuleNotFoundError"


@pytest.mark.parametrize(
    "source",
    [
        "try:\n    import wandb\n    there = True\nexcept ImportError:\n    there = False",
        (
            "there = True\ntry:\n    import polars\nexcept (KeyError, ModuleNotFoundError):\n"
            "    there = False"
        ),
        "there = True\ntry:\n    from plotly import express\nexcept:\n    there = False",
        (
            "def load():\n    import einops\nthere = True\ntry:\n    load()\nexcept Exception:\n"
            "    there = False"
        ),
        "import importlib.util\nthere = importlib.util.find_spec('wandb') is not None",
        "import sys\nthere = 'google.colab' in sys.modules",
        "try:\n    import google.colab\n    there = True\nexcept ImportError:\n    there = False",
    ],
)
def test_a_program_that_provides_for_the_absence_is_told_the_truth(
    grade: Bench, source: str
) -> None:
    """It goes the way that its author wrote for a machine without the package."""
    assert notes_of(grade, f"{source}\nassert not there") == ()


def test_a_handler_of_another_kind_is_no_provision(grade: Bench) -> None:
    """``except ValueError`` around an import catches no missing package."""
    source = "try:\n    import plotly\nexcept ValueError:\n    raise\nassert plotly"
    assert len(notes_of(grade, source)) == 1


def test_a_library_that_looks_for_an_optional_one_finds_none(grade: Bench) -> None:
    """Seaborn looks for ipywidgets: no note is made, for the program asked for nothing."""
    assert notes_of(grade, "import seaborn, pandas, sklearn.metrics") == ()


@pytest.mark.parametrize(
    ("source", "printed"),
    [
        ("import termcolor\nprint(termcolor.colored('red', 'red'))", "red"),
        ("from colorama import Fore, init\ninit()\nprint(Fore.RED + 'red')", "red"),
        ("from tabulate import tabulate\nprint(tabulate([['red', 1]], headers=['a']))", "red"),
        ("from icecream import ic\nic('red')", "red"),
    ],
)
def test_what_makes_prints_look_better_prints_plainly(
    grade: Bench, source: str, printed: str
) -> None:
    """Such calls stand in the midst of a training."""
    graded = grade(CHECKS, f"{source}\nDONE = 'done'\n", "ran")
    assert graded.report.verdict.passed, graded.report.run
    assert printed in graded.report.run.output.stdout


@pytest.mark.parametrize("name", ["torchsummary", "torchinfo"])
def test_a_summary_prints_the_model(grade: Bench, name: str) -> None:
    """The call stands on the way to the training, so it must not end the program."""
    source = f"import torch\nfrom {name} import summary\nsummary(torch.nn.Linear(3, 2), (1, 3))"
    graded = grade(CHECKS, f"{source}\nDONE = 'done'\n", "ran")
    assert graded.report.verdict.passed
    assert "Linear(in_features=3" in graded.report.run.output.stdout


@pytest.mark.parametrize(
    "source",
    [
        "import pandas as pd\nprint(pd.DataFrame({'a': [1.0]}))\npd.DataFrame().to_csv('a.csv')",
        "from sklearn.metrics import confusion_matrix\nconfusion_matrix([0], [0]).sum()",
        "import seaborn as sns\nsns.set_theme(); sns.lineplot(x=[1, 2], y=[2, 3])",
        (
            "import torch, torchmetrics as tm\nacc = tm.Accuracy('multiclass', num_classes=2)\n"
            "assert acc(torch.tensor([0]), torch.tensor([0])) == 1"
        ),
    ],
)
def test_what_reports_need_most_is_there(grade: Bench, source: str) -> None:
    """Tables, metrics and plots work as on the author's machine, without a note."""
    assert notes_of(grade, source) == ()


def test_a_drive_that_was_mounted_can_be_written_to(grade: Bench) -> None:
    """In a private root its folders are there, and what is kept in them is found again."""
    source = """
import os
from google.colab import drive
drive.mount("/content/drive")
for name in ("MyDrive", "My Drive", "MyDrive/Colab Notebooks"):
    with open(f"/content/drive/{name}/model.pt", "w") as file:
        file.write("weights")
assert sorted(os.listdir("/content/drive/MyDrive")) == ["Colab Notebooks", "model.pt"]
"""
    graded = grade(CHECKS, f"{source}\nDONE = 'done'\n", "ran")
    run = graded.report.run
    assert graded.report.verdict.passed is ("private-root" in run.isolation.layers), run
    assert any("google.colab" in note for note in run.notes)


def test_a_notebook_that_grades_itself_is_not_disturbed(grade: Bench) -> None:
    """What was called while it was written does nothing while it is graded."""
    source = "import grade\nresult = grade.check('cross_entropy', hints=1)\n"
    assert any("grade.check() did nothing" in note for note in notes_of(grade, source))
