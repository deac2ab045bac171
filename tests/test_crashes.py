"""The crash explainer: what a beginner's error means, from its text and the values at hand."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.checks.hostile import read_crash
from grader.crashes import explain
from grader.crashes.rows import Row
from grader.crashes.table import TABLE
from grader.model import Crash, Place
from grader.runner.inside.program import Program
from grader.runner.inside.values import MAX_NAME, MAX_TEXT, MAX_VALUES
from grader.runner.wire import WireMalformed
from grading import Bench

HEAD = """\
import numpy as np
import torch
from torch import nn
import torch.nn.functional as F
"""
IMAGES = "images = torch.randn(64, 1, 28, 28)\nmodel = nn.Linear(784, 10)\n"
PICTURE = (
    "from PIL import Image\nfrom torchvision import transforms as T\np = Image.new('L', (2, 2))\n"
)
WEIGHT = "w = torch.randn(3, requires_grad=True)\n"


@pytest.fixture(autouse=True)
def _own_main(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Programs take the place of __main__ and sys.argv, and write their file to the folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["pytest"])
    main = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = main


def crash_of(source: str) -> Crash:
    program = Program(name="s.py", cells=[(0, HEAD + source)])
    program.prepare({})
    plain = program.run()
    assert plain is not None, "it ran to its end"
    return read_crash(plain)


def made(kind: str, message: str, *values: tuple[str, str], line: str = "") -> Crash:
    return Crash(
        type=kind, message=message, frames=((Place("s.py", 1), line),), values=tuple(values)
    )


# --- the errors themselves, raised by the torch that is installed -------------------------


@pytest.mark.parametrize(
    ("source", "said"),
    [
        # shapes
        (IMAGES + "model(images)", "each of the 64 samples in images has to be flattened"),
        ("nn.Linear(784, 10)(torch.randn(64, 28))", "inputs with 784 numbers in the last"),
        ("torch.randn(3, 4) @ torch.randn(5, 6)", "left matrix has 4 columns and the right one 5"),
        ("torch.randn(3, 4) @ torch.randn(5)", "4 columns and the vector 5 numbers"),
        ("torch.randn(3) + torch.randn(4)", "along dimension 0 one has 3 entries and the other 4"),
        ("torch.randn(3, 4).view(5, 5)", "12 numbers, and they can't be arranged in the shape [5"),
        ("torch.randn(3, 4).t().view(12)", "reshape() can"),
        ("nn.Conv2d(1, 4, 3)(torch.randn(8, 3, 28, 28))", "inputs with 1 channels and got 3"),
        ("nn.Conv2d(1, 4, 3)(torch.randn(8, 784))", "4 dimensions, (batch, channels, …), and got"),
        ("nn.Conv2d(1, 4, 5)(torch.randn(8, 1, 3, 3))", "smaller than the kernel (5 x 5)"),
        ("torch.cat([torch.ones(2, 3), torch.ones(2, 4)])", "one has 3 entries and another 4"),
        ("torch.stack([torch.ones(2), torch.ones(3)])", "here are [2] and [3]"),
        ("np.ones((4, 2)) @ np.ones((4, 3))", "left array has 2 columns and the right one 4 rows"),
        ("np.dot(np.ones((4, 2)), np.ones((3, 5)))", "has 2 columns and the right one 3 rows"),
        ("np.ones((4, 2)) + np.ones((4, 3))", "shapes (4,2) and (4,3) don't fit"),
        ("a = np.ones((1, 3))\na += np.ones((4, 3))", "keeps the shape (1,3)"),
        ("torch.ones(3, 2).gather(1, torch.tensor([0, 1, 1]))", "index.unsqueeze(1)"),
        ("torch.ones(3).sum(dim=1)", "Dimension 1 was asked for"),
        ("torch.ones(3, 4)[:, 5]", "Dimension 1 has 4 entries, numbered 0 to 3, and entry 5"),
        ("torch.ones(3)[0, 1]", "1 dimension(s), and the brackets name more"),
        ("torch.tensor(3)[0]", ".item() gives its value"),
        ("nn.Embedding(3, 2)(torch.tensor([5]))", "below num_embeddings"),
        ("nn.BatchNorm1d(3)(torch.ones(1, 3))", "more than one sample"),
        (PICTURE + "next(iter(torch.utils.data.DataLoader([p])))", "ToTensor() as its transform"),
        (PICTURE + "T.Normalize([0.5], [0.5])(p)", "ToTensor() comes before Normalize"),
        # dtypes and targets
        ("nn.Linear(4, 2)(torch.ones(3, 4).double())", "float64 and float32"),
        ("F.cross_entropy(torch.randn(3, 4), torch.ones(3))", "int64"),
        ("F.cross_entropy(torch.randn(3, 4), torch.tensor([1, 2, 4]))", "at least 5 outputs"),
        ("F.cross_entropy(torch.randn(3, 4), torch.tensor([-1, 2, 3]))", "numbered from 0"),
        ("F.cross_entropy(torch.randn(3, 4), torch.tensor([[1], [2], [3]]))", "shape (N,)"),
        ("F.cross_entropy(torch.ones(3).long(), torch.randn(3))", "the targets second"),
        ("F.cross_entropy(torch.randn(3, 4), torch.tensor([1, 2]))", "3 samples and targets for 2"),
        ("F.cross_entropy(torch.randn(3, 4), torch.ones(3, 4).long())", "read as probabilities"),
        ("F.binary_cross_entropy(torch.rand(3, 1), torch.ones(3))", "shape [3, 1] are compared"),
        ("F.binary_cross_entropy(torch.tensor([2.0]), torch.ones(1))", "from 0 to 1"),
        ("torch.ones(3).long().mean()", "floating-point"),
        ("torch.tensor([1, 2], requires_grad=True)", "write them with a point"),
        ("torch.ones(3) ^ 2", "the sign for a power is **"),
        ("torch.ones(3) & torch.ones(3)", "the tensor here is float32"),
        # gradients
        (WEIGHT + "torch.optim.SGD([w * 2], lr=0.1)", "not a leaf"),
        ("torch.optim.SGD([], lr=0.1)", "nn.ModuleList"),
        (WEIGHT + "torch.optim.SGD(w, lr=0.1)", "put it in a list"),
        ("m = nn.Linear(1, 1)\ntorch.optim.SGD(m, lr=0.1)", "m.parameters()"),
        (WEIGHT + "w -= 1", "inside torch.no_grad()"),
        (WEIGHT + "y = (w * w).sum()\ny.backward()\ny.backward()", "compute the loss anew"),
        ("torch.randn(3).sum().backward()", "depends on no tensor that requires grad"),
        (WEIGHT + "(w * w).backward()", "take its mean or its sum"),
        (WEIGHT + "y = w.exp()\ny += 1\ny.sum().backward()", "changed in place after its use"),
        (WEIGHT + "w.sum().item().backward()", "plain number"),
        (WEIGHT + "w.numpy()", ".detach()"),
        (WEIGHT + "np.exp(w)", "torch.exp, not np.exp"),
        # one value or many
        ("if torch.ones(2): pass", "one yes or no"),
        ("if np.ones(2): pass", "one yes or no"),
        ("torch.ones(3).item()", "3 elements stands where one number is needed"),
        ("float(torch.ones(3))", "one number is needed"),
        ("import math\nmath.exp(torch.ones(3))", "functions of math take one number"),
        # modules
        ("class M(nn.Module):\n  def __init__(self):\n    self.f = nn.ReLU()\nM()", "super()"),
        (
            "class M(nn.Module):\n  def __init__(self):\n    pass\nM()(1)",
            "M was never set up",
        ),
        ("class M(nn.Module):\n  pass\nM()(1)", "M has no method forward()"),
        ("nn.ModuleList([])(1)", "can't be called itself"),
        (
            "nn.CrossEntropyLoss(torch.randn(3, 4), torch.tensor([1, 2, 3]))",
            "called with the batch",
        ),
        ("nn.MSELoss(torch.ones(1), torch.ones(1)).backward()", "the loss object, not its value"),
        ("nn.Sequential(nn.ReLU)(torch.ones(1))", "a class needs its ()"),
        ("nn.Linear(1, 1)(nn.ReLU(torch.ones(1)))", "ReLU is a layer, not its output"),
        ("torch.maximum(torch.ones(2), 0)", "something of class int was given"),
        ("nn.Linear(2, 2).load_state_dict({})", "some parameters of the model are not in it"),
        ("nn.Linear(1, 1)(None)", "a function or forward() without a return"),
        # Python and the world outside
        ("torch.ones(3, 2) - torch.ones(3, 2).max(dim=1)", ".values (or [0])"),
        ("torch.max(0, torch.ones(3))", "No form of max() takes (int, Tensor)"),
        ("[1.0, 2.0] - [0.5, 0.5]", "Lists are not calculated with"),
        ("[0.5, 0.5] * 0.1", "Lists are not calculated with"),
        ("(1, 2)['W1']", "names are what a dictionary has"),
        ("[1, 2][2]", "beyond the last entry"),
        ("[torch.ones(2)].shape", "torch.stack"),
        ("torch.ones(2).astype(float)", "not all that an array of NumPy has"),
        ("class N: pass\nN().fc2", "This N has no fc2"),
        ("torch.sofmax", "nothing called sofmax in torch"),
        ("def f(p): pass\nf()", "gives nothing for p"),
        ("class L:\n  def forward(self): pass\nL.forward()", "make an object first"),
        ("nn.Linear(1, 1, biass=True)", "has no argument of that name"),
        ("torch.optim.SGD(nn.Linear(1, 1).parameters, lr=1)", "write () after its name"),
        ("torch.ones(2).shape(0)", "an attribute takes no ()"),
        ("for i in 10: pass", "range(n)"),
        ("def f():\n  n += 1\nf()", "at this line it has none yet"),
        ("losss", "spelt differently"),
        ("import sklearn_of_mine", "only the file handed in"),
        ("open('data.csv')", "data.csv is not there"),
        ("def f(): return f()\nf()", "without ever coming to the case that ends it"),
        ("{'a': 1}['b']", "no entry 'b'"),
        ("raise EOFError", "nobody is there"),
        ("a, b = 1, 2, 3", "number of names on the left"),
    ],
)
def test_a_known_error_is_explained(source: str, said: str) -> None:
    """The sentence names the cause, with the numbers of this very error."""
    crash = crash_of(source)
    assert said in crash.explanation, (str(crash), crash.explanation, crash.values)
    assert crash.explanation.endswith(".")
    assert "{" not in crash.explanation


@pytest.mark.parametrize(
    ("kind", "message", "said"),
    [
        (
            "RuntimeError",
            "expected scalar type Long but found Float",
            "dtype int64 and got float32",
        ),
        (
            "RuntimeError",
            "Expected all tensors to be on the same device, but found cuda:0 and cpu!",
            "move the model and every batch",
        ),
        (
            "TypeError",
            "can't convert cuda:0 device type tensor to numpy. Use Tensor.cpu() to copy",
            "take .cpu() first",
        ),
        ("RuntimeError", "Torch not compiled with CUDA enabled", "There is no GPU"),
        ("TypeError", "only size-1 arrays can be converted to Python scalars", "one number"),
        (
            "RuntimeError",
            "Error(s) in loading state_dict for Net:\n\tsize mismatch for fc.weight: copying",
            "other shapes",
        ),
    ],
)
def test_other_versions_and_machines_are_understood(kind: str, message: str, said: str) -> None:
    """Texts that this machine's torch doesn't raise, or no longer."""
    assert said in explain(made(kind, message))


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        ("ValueError", "my own words"),
        ("MyError", "No module named 'x'"),
        ("RuntimeError", "Boolean value of Tensor with no values is ambiguous"),
        ("ZeroDivisionError", "division by zero"),
        ("", ""),
    ],
)
def test_what_is_not_known_is_not_explained(kind: str, message: str) -> None:
    """No sentence is better than a wrong one."""
    assert explain(made(kind, message)) == ""


def test_what_the_grader_asked_for_in_vain_is_explained() -> None:
    """A name that the file lacks, and an object without a __call__: no line of theirs raised."""
    missing = Crash(type="AttributeError", message="module 'submission' has no attribute 'mish'")
    assert "top level of the file has the name mish" in explain(missing)
    called = Crash(type="TypeError", message="'ManualLinear' object is not callable")
    assert "needs a method __call__" in explain(called)


# --- what the values decide -----------------------------------------------------------------


def test_a_weight_that_is_no_leaf_is_told_as_such() -> None:
    """The lesson's weight: a product of a leaf, whose gradient stays None."""
    crash = crash_of(
        "weight = torch.randn(3, requires_grad=True) * 0.1\n"
        "(weight * 2).sum().backward()\n"
        "new = weight.data - 0.1 * weight.grad\n"
    )
    assert "weight is not a leaf" in crash.explanation
    assert "leaves weight.grad at None" in crash.explanation
    assert ("weight.grad", "None") in crash.values


def test_a_leaf_without_a_gradient_is_told_apart() -> None:
    """It has had no backward(), or requires no gradient: two causes, two sentences."""
    assert "no backward() has reached w" in crash_of(WEIGHT + "w.grad.zero_()").explanation
    assert "no backward() has reached w" in crash_of(WEIGHT + "w.data.add_(w.grad)").explanation
    frozen = crash_of("w = torch.randn(3)\nw.grad.zero_()").explanation
    assert "w does not require gradients" in frozen


def test_none_is_named_only_where_it_is_used() -> None:
    """Another name of the line that happens to be None is not accused."""
    used = crash_of("h = None\nh.shape")
    assert "h is None here" in used.explanation
    other = crash_of("mask = None\ndef f(m): pass\nf(mask).shape")
    assert "mask" not in other.explanation
    assert "a function without a return gives None" in other.explanation


def test_an_if_on_a_loss_is_not_called_a_loss_class() -> None:
    """Only a constructor that raised is told as called with the batch."""
    crash = crash_of(
        "loss = nn.MSELoss(reduction='none')\nif loss(torch.ones(2), torch.ones(2)): pass"
    )
    assert "one yes or no" in crash.explanation


# --- the values themselves --------------------------------------------------------------------


def test_values_are_those_of_the_part_that_raised() -> None:
    """Tensors, layers and numbers by their names; the left side of the line is not among them."""
    crash = crash_of(
        "class Net(nn.Module):\n"
        "    def __init__(self):\n"
        "        super().__init__()\n"
        "        self.fc = nn.Linear(3, 2)\n"
        "    def forward(self, x):\n"
        "        return self.fc(x)\n"
        "net, loss, labels = Net(), 1, torch.tensor([4, 9])\n"
        "loss = net(torch.ones(5, 4))\n"
    )
    assert dict(crash.values) == {
        "self": "module Net",
        "self.fc": "module Linear(in_features=3, out_features=2, bias=True)",
        "x": "float32 tensor of shape (5, 4)",
    }


def test_a_layer_of_torch_that_raised_is_named_with_its_input() -> None:
    """Which layer of a Sequential it was stands in no line of the student's."""
    crash = crash_of("m = nn.Sequential(nn.Flatten(), nn.Linear(9, 2))\nm(torch.ones(5, 4))")
    assert ("the layer", "module Linear(in_features=9, out_features=2, bias=True)") in crash.values
    assert ("its input", "float32 tensor of shape (5, 4)") in crash.values


@pytest.mark.parametrize(
    ("made", "told"),
    [
        ("torch.tensor([3, 7])", "int64 tensor of shape (2,), values from 3 to 7"),
        ("torch.tensor([], dtype=torch.int32)", "int32 tensor of shape (0,)"),
        (
            "torch.ones(1, requires_grad=True)",
            "float32 tensor of shape (1,), requires grad, a leaf",
        ),
        ("nn.Parameter(torch.ones(2))", "float32 parameter of shape (2,), requires grad, a leaf"),
        ("torch.ones(2, device='meta')", "float32 tensor of shape (2,), on meta"),
        ("np.ones((2, 3))", "NumPy array, float64, of shape (2, 3)"),
        ("[1, 2]", "list of 2"),
        ("{'a': 1}", "dict of 1"),
        ("0.5", "0.5"),
        ("'x' * 500", "a str"),
        ("None", "None"),
        ("nn.Sequential(nn.ReLU())", "module Sequential"),
    ],
)
def test_a_value_is_told_in_a_few_words(made: str, told: str) -> None:
    """Dtype, shape, device, whether it requires grad; nothing of its contents but a range."""
    assert crash_of(f"v = {made}\nv.nothing_of_this_name[0]").values[0] == ("v", told)


def test_no_code_of_the_students_runs_for_the_values() -> None:
    """Properties, __getattr__, __repr__ and __torch_function__ are left alone."""
    program = Program(name="s.py", cells=[(0, HEAD + NOISY)])
    program.prepare({})
    plain = program.run()
    assert plain is not None
    assert plain["type"] == "IndexError"
    assert [name for name, _ in plain["values"]] == ["t", "l", "ran"]
    assert program.module.__dict__["ran"] == []


NOISY = """
ran = []
class Odd:
    @property
    def a(self): ran.append("property")
    def __getattr__(self, name): ran.append(name)
    def __repr__(self): ran.append("repr")
class T(torch.Tensor):
    @classmethod
    def __torch_function__(cls, *args, **kwargs): ran.append("function")
class L(nn.Module):
    def extra_repr(self): ran.append("extra_repr")
odd, t, l = Odd(), torch.ones(2).as_subclass(T), L()
ran.clear()
[odd, t, l][7 if ran == [] else odd.a + odd.b + l.c]
"""


def test_values_are_few_and_short() -> None:
    """However many and long names a line has."""
    names = [f"{'n' * 200}{i}" for i in range(40)]
    crash = crash_of("".join(f"{n} = 1\n" for n in names) + f"raise ValueError({', '.join(names)})")
    assert len(crash.values) == MAX_VALUES
    assert all(len(name) <= MAX_NAME and len(text) <= MAX_TEXT for name, text in crash.values)


def test_values_stand_in_calls_over_several_lines() -> None:
    """The whole call is looked at, and text that is not ASCII moves no column."""
    crash = crash_of(
        "αβγ, b = torch.ones(2), torch.ones(3)\n'äöü', torch.add(\n    αβγ,\n    b,\n)"
    )
    assert [name for name, _ in crash.values] == ["αβγ", "b"]


def test_a_crash_is_explained_through_the_whole_grading(grade: Bench) -> None:
    """Behind the wall, in a check's result: values by name, and the sentence."""
    checks = """
    from grader.checks import check
    @check("it")
    def test_it(student, draw):
        "f works"
        student.f(draw.normal(2, 3))
    """
    source = """
    import torch
    w = torch.randn(4, requires_grad=True)
    def f(x):
        return x @ w
    """
    graded = grade(checks, source, "it")
    crash = graded["it"].crash
    assert crash is not None
    assert dict(crash.values) == {
        "x": "float32 tensor of shape (2, 3)",
        "w": "float32 tensor of shape (4,), requires grad, a leaf",
    }
    assert "3 columns and the vector 4 numbers" in crash.explanation


# --- from the student's process ---------------------------------------------------------------


PLAIN = {"type": "ValueError", "message": "m", "frames": [["s.py", 1, None, "x"]]}


@pytest.mark.parametrize("values", [{}, "ab", [1], [["a"]], [["a", 1]], [["a", "b", "c"]], [None]])
def test_values_that_are_none_are_malformed(values: object) -> None:
    """Whatever a hostile process sends in their place is refused."""
    with pytest.raises(WireMalformed):
        read_crash({**PLAIN, "values": values})


def test_values_from_a_hostile_process_are_capped() -> None:
    """Many, and long ones."""
    crash = read_crash({**PLAIN, "values": [["n" * 10_000, "t" * 10_000]] * 10_000})
    assert len(crash.values) == 16
    assert all(len(name) + len(text) <= 280 for name, text in crash.values)


@given(st.text(max_size=200), st.text(max_size=30), st.text(max_size=60))
def test_no_text_breaks_the_explainer(message: str, name: str, line: str) -> None:
    """Types, messages and values are whatever a student's process says."""
    for kind in ("RuntimeError", "AttributeError", name):
        for text in (message, f"'NoneType' object has no attribute '{name}'", f"'{name}'"):
            explain(made(kind, text, (name, message), (name, "None"), line=line))


VALUES = st.sampled_from(
    ["None", " of shape (1 2)", " of shape (,)", " of shape (" + "9" * 190, "module Linear(in_"]
)


@settings(deadline=None)
@given(
    st.sampled_from(TABLE).flatmap(lambda row: st.tuples(st.just(row), st.from_regex(row.text))),
    st.lists(st.tuples(st.sampled_from(["x", "x.grad", "the layer"]), VALUES), max_size=3),
)
def test_whatever_has_the_form_of_a_known_error_is_explained_or_not(
    drawn: tuple[Row, str], values: list[tuple[str, str]]
) -> None:
    """A text that some pattern takes, with values that don't belong to it, raises nothing."""
    row, message = drawn
    explain(made(row.type or "RuntimeError", message, *values, line="y = x.grad"))


@pytest.mark.timeout(20)
def test_no_text_takes_long_to_explain() -> None:
    """No pattern goes back and forth over a text that was made to be slow."""
    for part in ("9", "[1, ", "'NoneType' ", " ", "(1x", "inconsistent tensor size "):
        text = part * 4000
        explain(made("RuntimeError", text[:4000], ("a" * 80, "None"), line=text[:200]))
