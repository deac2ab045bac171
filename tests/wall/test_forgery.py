"""Submissions that try to get points they don't deserve, each through a whole grading.

Behind the wall of the level that this machine gives. The programs are those of the conformance
suite's folder ``forge/``; each says in its header how it must end and what it may earn.
"""

from __future__ import annotations

import sys
import zlib
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from grader import bank, datasets
from grader.model import Limits, Outcome, Report, Status, SubmissionKind
from grader.pipeline import Grader
from grader.runner.wall.programs import Program, forgeries
from grading import Graded, exercise, submission

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the wall is Linux's")

LIMITS = Limits(wall_s=40.0, check_s=10.0, memory_bytes=1 << 30)

SOUND = """
import torch
from torch import nn
model = nn.Sequential(nn.Flatten(), nn.Linear(784, 16), nn.ReLU(), nn.Linear(16, 10))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
criterion = nn.CrossEntropyLoss()
for epoch in range(2):
    model.train()
    for images, labels in train_loader:
        optimizer.zero_grad()
        criterion(model(images), labels).backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        for images, labels in val_loader:
            model(images)
"""
"""Earns every check."""

BUGGED = """
import torch
from torch import nn
model = nn.Sequential(nn.Flatten(), nn.Linear(784, 16), nn.ReLU(), nn.Linear(16, 10))
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
criterion = nn.CrossEntropyLoss()
for step, (images, labels) in enumerate(train_loader):
    criterion(model(images), labels).backward()
    optimizer.step()
    if step == 40:
        break
for images, labels in val_loader:
    model(images)
"""
"""Never clears its gradients, validates in training mode, and ends before it has learned."""

BUGGED_EARNS = {"learning_rate", "loss_call"}
TRAINING_CHECKS = {"learning_rate", "zero_grad", "loss_call", "validation_mode", "learns"}

CHECKS = '''
import torch
from grader.checks import check

BUILT_IN = ("torch.softmax", "torch.Tensor.softmax", "torch.nn.functional.softmax",
            "torch.nn.Softmax", "torch.ops.aten.softmax")

@check("softmax")
def test_values(student, agree, draw):
    """The numbers are right."""
    x = draw.normal(4, 3)
    agree(student.softmax(x), torch.softmax(x, -1))

@check("by_hand")
def test_by_hand(student, agree, draw):
    """They are right without the built-in function."""
    x = draw.normal(4, 3)
    with student.watching() as used:
        result = student.softmax(x)
    assert not used & set(BUILT_IN), "the built-in softmax was called"
    agree(result, torch.softmax(x, -1))

@check("square")
def test_square(student, agree, draw):
    """A function and its gradient are right."""
    x = draw.normal(2, 3).requires_grad_()
    kept = student.put(x)
    result = student.square(kept)
    agree(result, (x * x).detach())
    facts = result.facts
    assert facts and facts["shape"] == (2, 3) and facts["requires_grad"]
    result.sum().backward()
    agree(kept.grad, 2 * x.detach())

@check("count")
def test_count(student, agree, draw):
    """A whole number is right."""
    agree(student.count(draw.normal(4, 3)), torch.tensor(12))

@check("names")
def test_names(student):
    """A list of names is right."""
    names = student.names.value
    assert type(names) is list and names == ["a", "b"], "the names differ"

@check("weight")
def test_weight(student, agree):
    """A parameter is one."""
    weight = student.weight
    facts = weight.facts
    assert facts and facts["is_leaf"] and facts["requires_grad"], "it is no parameter"
    agree(weight, torch.ones(3))

@check("total")
def test_props(student, agree):
    """Data of the exercise's own are summed."""
    data = student.props.make_data()
    agree(student.total(data), torch.tensor(float(sum(data.value))))
'''

RIGHT = """
import torch
def softmax(x):
    exponentials = (x - x.max(-1, keepdim=True).values).exp()
    return exponentials / exponentials.sum(-1, keepdim=True)
def square(x):
    return x * x
def count(x):
    return x.numel()
def total(data):
    return sum(data)
names = ["a", "b"]
weight = torch.nn.Parameter(torch.ones(3))
"""
PROPS = "def make_data():\n    return [1.0, 2.0, 3.0]\n"
MODULE_CHECKS = ("softmax", "by_hand", "square", "count", "names", "weight", "total")


ODD_VALUES = """
import collections, datetime, decimal, enum, fractions, random, types
import numpy as np
import torch

draw = random.Random({seed})

def hostile(base, **more):
    def lie(self, *args, **kwargs):
        raise draw.choice([SystemExit(0), ValueError("\\ud800"), StopIteration()])
    names = ["__eq__", "__len__", "__iter__", "__str__", "__repr__", "__getattr__", "__bool__",
             "__int__", "__float__", "__index__", "__hash__", "__format__", "__array__",
             "__torch_function__", "__reduce_ex__", "__deepcopy__", "items", "copy", "clone"]
    names = draw.sample(names, 6)
    if issubclass(base, (dict, set)):
        names.remove("__hash__") if "__hash__" in names else None
    return type(base)("Hostile", (base,), {{**dict.fromkeys(names, lie), **more}})

class Colour(enum.IntEnum):
    RED = 1

Point = collections.namedtuple("Point", "x y")

def tensors():
    x = torch.randn(2, 3)
    return [
        x, x.requires_grad_(), x.detach().to_sparse(), x.detach().to("meta"), x.detach().half(),
        x.detach().bfloat16(), x.detach().to(torch.complex64), x.detach().to(torch.complex128),
        torch.zeros(0, 5), torch.zeros(()), torch.zeros(1).expand(7, 7), x.detach().T[::2],
        torch.randn(2, dtype=torch.cfloat).conj().imag, torch.tensor([True]),
        torch.quantize_per_tensor(x.detach(), 0.1, 0, torch.qint8),
        torch.nested.nested_tensor([torch.zeros(2), torch.zeros(3)]),
        x.detach().to(torch.float8_e4m3fn), torch.nn.Parameter(torch.ones(2)),
        torch.zeros(2).as_subclass(type("Sub", (torch.Tensor,), {{}})),
        torch.full((2,), float("nan")), torch.tensor(2**62),
        torch.nn.UninitializedParameter(), torch.zeros(1 << 19).double(),
    ]

def others():
    return [
        None, True, 0, -1, 2**63, -2**64, 10**400, 10**9000, 1e308, float("nan"), -0.0, 1j, "",
        "\\ud800", "x" * 100_000, b"bytes", bytearray(3), memoryview(b"x"), range(9), slice(1), ...,
        NotImplemented, set(), frozenset((1,)), object(), type, print, len, lambda: 0, types, torch,
        Colour.RED, Point(1, 2), torch.Size((1, 2)), torch.float32, torch.device("cpu"),
        np.float32(1), np.float64("nan"), np.longdouble(1), np.datetime64("2020"), np.str_("x"),
        np.array([1, "a", None], dtype=object), np.array(["a"]), np.zeros(3, ">f4"),
        np.zeros(2, "f2"), np.zeros((2, 0)), np.zeros(2, "c16"), np.zeros(3, "i4,f4"),
        np.zeros(2, "u2"), np.ma.masked_array([1.0], [True]), np.arange(4)[::-1], np.matrix("1 2"),
        datetime.date.today(), decimal.Decimal(1), fractions.Fraction(1, 3), Exception("x"),
        collections.OrderedDict(a=1), collections.Counter("ab"), collections.defaultdict(list),
        collections.deque([1]), iter([1]), (i for i in range(3)), dict(a=1).items(), map(abs, [1]),
        types.SimpleNamespace(shape=5), torch.nn.Linear(1, 1), torch.Generator(), np.random,
        np.uint64(2**64 - 1), {{(1, 2): 3}}, {{None: 1, 1.5: 2, "a": 3, True: 4}},
        {{torch.zeros(1): 1}}, {{float("nan"): 1}},
    ]

TENSORS, OTHERS = tensors(), others()

def leaf():
    kind = draw.random()
    if kind < 0.4:
        return draw.choice(TENSORS)
    if kind < 0.8:
        return draw.choice(OTHERS)
    base = draw.choice([int, float, str, list, dict, tuple, set, object, torch.Tensor, Exception])
    lying = property(lambda self: draw.choice([list, torch.Tensor, int]))
    return hostile(base, **draw.choice([{{}}, dict(__class__=lying)]))()

def odd(depth=0):
    kind = draw.random()
    if depth > 3 or kind < 0.5:
        return leaf()
    parts = [odd(depth + 1) for _ in range(draw.randrange(4))]
    if kind < 0.65:
        return parts
    if kind < 0.8:
        return tuple(parts)
    if kind < 0.9:
        return dict(enumerate(parts))
    looped = {{"parts": parts}}
    looped["again"] = draw.choice([looped, parts])
    return looped

def same(value):
    return value

def raises(value):
    raise draw.choice([ValueError, SystemExit, GeneratorExit, hostile(Exception)])(value)
"""
ODD_CHECKS = """
import torch
from grader.checks import CheckFailed, check
from grader.checks.remote import StudentRaised
from grader.errors import StudentFault

def attempts(student, agree):
    odd = student.odd()
    yield lambda: odd.value
    yield lambda: (odd.facts, odd.type_name, odd.is_callable)
    yield lambda: agree(odd, torch.ones(2, 3))
    yield lambda: agree(odd, torch.tensor(1), rtol=0.1)
    yield lambda: agree(student.same(odd).value, torch.ones(3, dtype=torch.float64))
    yield lambda: odd[0].value
    yield lambda: odd.shape.value
    yield lambda: odd.get("__class__").value
    yield lambda: student.raises(odd)
    yield lambda: student.trace(student.same, odd)[1].events
    yield lambda: student.trace(student.raises, odd)
    yield lambda: student.put([odd]).value
    def by_watching():
        with student.watching():
            odd()
    yield by_watching

@check("asked")
def test_odd(student, agree):
    asked = 0
    for _ in range(60):
        for attempt in attempts(student, agree):
            try:
                attempt()
                asked += 1
            except (CheckFailed, StudentRaised, StudentFault):
                pass
    assert asked > 100, asked

@check("nothing_passes")
def test_wrong(student, agree):
    for _ in range(30):
        try:
            agree(student.odd(), torch.full((2, 3), 12.5))
        except (CheckFailed, StudentRaised, StudentFault):
            continue
        raise LookupError
    raise CheckFailed("as it must")
"""

Run = Callable[[str, str], Graded]


@cache
def _published_labels() -> str:
    """What anybody can know: the label of each published test image, by the image's checksum."""
    with np.load(datasets.heldout_file("mnist")) as arrays:
        pairs = zip(arrays["images"], arrays["labels"], strict=True)
        return repr({zlib.crc32(image.tobytes()): int(label) for image, label in pairs})


@pytest.fixture
def run(warm_grader: Grader, tmp_path: Path) -> Run:
    """Grade a source as ``script``, by the checks of debug_loop, or as ``module``, by ours."""

    def grade(kind: str, source: str) -> Graded:
        if kind == "script":
            training = replace(bank.load("debug_loop"), limits=LIMITS)
            script = submission(source, kind=SubmissionKind.SCRIPT)
            return Graded(warm_grader.grade(training, script))
        made = exercise(tmp_path, CHECKS, MODULE_CHECKS, LIMITS)
        (tmp_path / "props.py").write_text(PROPS)
        return Graded(warm_grader.grade(made, submission(source)))

    return grade


def passed(report: Report) -> set[str]:
    """The checks that passed."""
    return {c.rubric.id for c in report.verdict.checks if c.result.status is Status.PASSED}


def planted(program: Program) -> dict[str, str]:
    table = _published_labels() if "@published_labels@" in program.source else ""
    return {"sound_loop": SOUND, "bugged_loop": BUGGED, "published_labels": table}


def test_the_honest_ones_earn_what_they_deserve(run: Run) -> None:
    """What the programs start from: two sound submissions, and a faulty training."""
    assert passed(run("script", SOUND).report) == TRAINING_CHECKS
    assert passed(run("script", BUGGED).report) == BUGGED_EARNS
    assert passed(run("module", RIGHT).report) == set(MODULE_CHECKS)


@pytest.mark.parametrize("program", list(forgeries()), ids=lambda program: program.name)
def test_a_forgery_earns_what_its_header_says(run: Run, program: Program) -> None:
    """Its outcome and its points are those of the header, and the fault is never the grader's."""
    report = run(program.graded, program.render(planted(program))).report
    told = [(c.rubric.id, c.result.status, c.result.message) for c in report.verdict.checks]
    assert report.verdict.outcome is not Outcome.GRADER_FAULT, told
    assert passed(report) == program.earns, (report.run.reason, told)
    assert report.verdict.outcome in {ending.outcome for ending in program.endings}, report.run
    points = sum(c.rubric.points for c in report.verdict.checks if c.rubric.id in program.earns)
    assert report.verdict.score == points


@pytest.mark.parametrize("seed", range(4))
def test_odd_values_are_never_our_fault(warm_grader: Grader, tmp_path: Path, seed: int) -> None:
    """Random nests of hostile objects through every way that a value or a fact can be asked."""
    made = exercise(tmp_path, ODD_CHECKS, ["asked", "nothing_passes"], LIMITS)
    graded = Graded(warm_grader.grade(made, submission(ODD_VALUES.format(seed=seed))))
    assert graded["asked"].status is Status.PASSED, graded["asked"]
    assert graded["nothing_passes"].status is Status.FAILED
    assert graded["nothing_passes"].message == "as it must"


def test_the_next_submission_is_graded_as_ever(run: Run) -> None:
    """After all of them, over the same zygote, honest work earns every point."""
    assert passed(run("module", RIGHT).report) == set(MODULE_CHECKS)
    assert passed(run("script", SOUND).report) == TRAINING_CHECKS


def test_the_suite_knows_what_is_gained() -> None:
    """What a header calls a gain is among what it earns; most programs gain nothing."""
    programs = list(forgeries())
    assert all(program.gains <= program.earns for program in programs)
    assert len(programs) >= 30
    assert sum(bool(program.gains) for program in programs) < len(programs) / 4
