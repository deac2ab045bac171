"""Errors about where a program runs, explained; and none of these explanations elsewhere."""

from __future__ import annotations

import pytest

from grader.crashes import explain
from grader.model import Crash, Place
from test_crashes import _own_main, crash_of

__all__ = ["_own_main"]

LOGITS = "x = torch.randn(4, 3)\ny = torch.tensor([0, 1, 2, 0])\n"


def told(kind: str, message: str, line: str = "") -> str:
    """What is said of an exception of which nothing but this is known."""
    return explain(Crash(type=kind, message=message, frames=((Place("s.py", 1), line),), values=()))


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("nn.Linear(2, 2).to('mps')", "torch.backends.mps.is_available()"),
        ("torch.zeros(2, device='mps')", "torch.backends.mps.is_available()"),
        ("torch.zeros(2, device='xpu')", "no GPU of the kind XPU"),
        ("torch.device('gpu')", "gpu is no name of a device"),
        ("with torch.no_grad: pass", "missing (torch.no_grad())"),
        ("with torch.inference_mode as m: pass", "missing (torch.inference_mode())"),
        ("def f(): pass\nwith f: pass", "missing (f())"),
        ("with torch.ones(1).sum: pass", "parentheses are missing"),
        ("iter(torch.utils.data.DataLoader([1])).next()", "next(dataiter) for dataiter.next()"),
        ("iter([1]).next()", "next(dataiter)"),
        ("(i for i in [1]).next()", "next(dataiter)"),
        ("np.int(3)", "write int without np."),
        ("from torchvision import transforms\ntransforms.Scale(3)", "Scale is Resize now"),
        ("torch.solve(1, 2)", "torch.linalg"),
        ("import matplotlib.pyplot as plt\nplt.style.use('seaborn-dark')", "seaborn-v0_8"),
        ("torch.save({}, 'no/such/a.pt')", "The folder no/such is not there: make it first"),
        ("torch.utils.data.DataLoader([], shuffle=True)", "has no samples"),
        ("torch.utils.data.random_split([1, 2, 3], [1, 1])", "sum is len(data)"),
        (LOGITS + "nn.MSELoss()(x.argmax(1), y)", "argmax"),
        (LOGITS + "nn.HuberLoss()(x.argmax(1), y)", "no gradient comes through them"),
        (LOGITS + "nn.BCEWithLogitsLoss()(x.argmax(1), y)", "no gradient comes through them"),
        (LOGITS + "nn.MSELoss()(x.argmax(1) == y, y)", "a comparison"),
        (LOGITS + "F.cross_entropy(x.argmax(1), y)", "argmax gives them"),
        (LOGITS + "p = x.argmax(1)\nF.cross_entropy(p, y)", "argmax gives them"),
        (LOGITS + "p = x.argmax(1).float()\nF.cross_entropy(p, y)", "give the loss the raw scores"),
        (LOGITS + "F.cross_entropy(x.argmax(1, keepdim=True), y)", "no gradient comes through"),
        (LOGITS + "F.nll_loss(x.argmax(1), y)", "a score for each class"),
        ("raise SystemExit(1)", ""),
    ],
)
def test_an_error_of_the_surroundings_is_explained(source: str, said: str) -> None:
    """As the torch that is installed raises it."""
    if "SystemExit" in source:
        assert "ended itself here" in told("SystemExit", "1")
        return
    crash = crash_of(source)
    assert said in crash.explanation, (str(crash), crash.explanation)


@pytest.mark.parametrize(
    ("kind", "message", "said"),
    [
        ("URLError", "<urlopen error [Errno -3] Temporary failure in name resolution>", "network"),
        ("gaierror", "[Errno -2] Name or service not known", "network"),
        ("ConnectionError", "HTTPSConnectionPool(host='x'): Max retries exceeded", "network"),
        ("OSError", "We couldn't connect to 'https://hub.invalid' to load this file", "network"),
        ("RuntimeError", "It looks like there is no internet connection and the repo", "network"),
        ("RuntimeError", "Dataset not found or corrupted. You can use download=True to", "network"),
        ("PermissionError", "[Errno 1] Operation not permitted: 'git'", "no other programs"),
        ("FileNotFoundError", "[Errno 2] No such file or directory: '/Users/me/a.csv'", "own mach"),
        ("FileNotFoundError", "[Errno 2] No such file or directory: 'a.csv'", "a.csv is not there"),
        ("TclError", "no display name and no $DISPLAY environment variable", "no screen"),
        (
            "ModuleNotFoundError",
            ("requests.get was used, and requests is not there where programs are graded"),
            "no network",
        ),
        ("OSError", "[Errno 30] Read-only file system: '/models'", "relative to it"),
        ("RuntimeError", "open file failed with strerror: Read-only file system", "relative to it"),
        ("PermissionError", "[Errno 13] Permission denied: '/root/x'", "relative to it"),
        ("UnpicklingError", "Weights only load failed. This file can still be", "state_dict()"),
    ],
)
def test_an_error_of_the_wall_or_the_network_is_explained(
    kind: str, message: str, said: str
) -> None:
    """By the words that the library uses, which only a wall or a network can provoke."""
    assert said in told(kind, message)


@pytest.mark.parametrize(
    ("source", "never"),
    [
        # a node of a list of one's own, an object that is no iterator
        ("class Node: pass\nNode().next", "Iterators"),
        ("class Dataset: pass\nDataset().next()", "Iterators"),
        # an object after `with` that no parentheses would help
        ("with torch.ones(1): pass", "parentheses are missing"),
        ("with None: pass", "parentheses are missing"),
        # whole numbers that are targets, or shares of the wrong dtype
        (LOGITS + "F.cross_entropy(y, x)", "argmax gives them"),
        (LOGITS + "F.cross_entropy(x, torch.ones(4, 3).long())", "argmax gives them"),
        (LOGITS + "pred = x\nF.cross_entropy(pred, torch.ones(4, 3).long())", "raw scores"),
        (LOGITS + "nn.MSELoss()(x[:, 0], y).backward()", "whole numbers"),
        (LOGITS + "y.mean()", "raw scores"),
        ("torch.zeros(2, device='cuda')", "of the kind"),
        ("np.integer_", "another name of Python's own type"),
        ("open('no/such/file')", "make it first"),
        ("import matplotlib.pyplot as plt\nplt.style.use('ggplo')", "seaborn"),
        ("torch.utils.data.random_split([1, 2], [0.5, 0.4])[5]", "has no samples"),
        ("raise ValueError('Dataset not found')", "network"),
        ("raise RuntimeError('my operation is not permitted')", "no other programs"),
    ],
)
def test_no_explanation_is_given_where_its_cause_is_not(source: str, never: str) -> None:
    """A near miss is told as what it is, or not at all."""
    assert never not in crash_of(source).explanation
