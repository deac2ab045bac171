"""Checks over a student on the other side of the wall."""

from __future__ import annotations

import textwrap
from dataclasses import replace
from pathlib import Path

import pytest

from grader.errors import IsolationRefused
from grader.model import (
    IsolationLevel,
    IsolationPolicy,
    Level,
    Limits,
    Outcome,
    Place,
    Rubric,
    Status,
)
from grader.pipeline import Grader, Options
from grading import Bench, exercise, submission

HEAD = "import torch\nfrom grader.checks import check\n"


def one(body: str, *, fixtures: str = "student, agree, draw") -> str:
    """A checks file with one check named ``it``."""
    body = textwrap.indent(textwrap.dedent(body).strip(), "    ")
    return f'{HEAD}@check("it")\ndef test_it({fixtures}):\n    """It works. More."""\n{body}\n'


def test_values_and_gradients_are_compared_from_here(grade: Bench) -> None:
    """A layer made over there is called, compared, and its backward runs over there."""
    graded = grade(
        one(
            """
            layer, x = student.Layer(4, 2), draw.normal(3, 4)
            out = layer(x)
            agree(out, x @ layer.weight.value.T, what="Layer(x)")
            out.sum().backward()
            agree(layer.weight.grad, x.sum(0).expand(2, 4), what="the gradient")
            assert layer.weight.facts["is_leaf"] and layer.weight.facts["has_grad"]
            assert layer.type_name == "Layer" and layer.is_callable
            """
        ),
        """
        import torch
        class Layer:
            def __init__(self, i, o):
                self.weight = torch.randn(o, i, requires_grad=True)
            def __call__(self, x):
                return x @ self.weight.T
        """,
        "it",
    )
    assert graded["it"].status is Status.PASSED, graded["it"]
    assert graded["it"].message == "It works"
    assert graded.report.verdict.score == 1.0


def test_a_wrong_number_fails_with_its_worst_element(grade: Bench) -> None:
    """What failed, expected and got are told."""
    graded = grade(
        one("agree(student.double(torch.ones(2)), torch.full((2,), 2.0), what='double(x)')"),
        "def double(x):\n    x = x * 2\n    x[1] += 1\n    return x\n",
        "it",
    )
    assert graded["it"].status is Status.FAILED
    assert graded["it"].message == "double(x) differs from the reference"
    assert "double(x)[1]   expected 2   got 3" in graded["it"].details[0]


def test_an_exception_shows_the_students_lines_and_no_frame_of_ours(grade: Bench) -> None:
    """The whole way through the student's own file, and nothing else."""
    graded = grade(
        one("student.outer(1)"),
        "def outer(x):\n    return inner(x)\ndef inner(x):\n    return x / 0\n",
        "it",
    )
    crash = graded["it"].crash
    assert crash is not None
    assert crash.type == "ZeroDivisionError"
    assert crash.frames == (
        (Place("submission.py", 2), "    return inner(x)"),
        (Place("submission.py", 4), "    return x / 0"),
    )
    assert graded.report.verdict.outcome is Outcome.OK


def test_values_items_attributes_and_keywords_cross(grade: Bench) -> None:
    """Containers by value, items by key, attributes set from here, keyword arguments."""
    graded = grade(
        one(
            """
            table = student.make(rows=2, names=("a", "b"))
            assert table.value == {"a": [0, 1], "b": (2.5, None)}, table.value
            assert table["a"][1].value == 1
            student.holder.x = 5
            assert student.holder.x.value == 5
            assert student.same(student.holder, student.holder).value is True
            """
        ),
        """
        class Holder: pass
        holder = Holder()
        def make(rows, names):
            return {names[0]: list(range(rows)), names[1]: (2.5, None)}
        def same(a, b):
            return a is b
        """,
        "it",
    )
    assert graded["it"].status is Status.PASSED, graded["it"]


def test_a_value_that_is_no_data_fails_in_words(grade: Bench) -> None:
    """Comparing an arbitrary object is a failed check, not an error of the grader."""
    graded = grade(
        one("agree(student.f(), torch.ones(1))"), "def f():\n    return object()\n", "it"
    )
    assert graded["it"].status is Status.FAILED
    assert "an object of class object, expected a tensor" in graded["it"].message


def test_a_missing_name_is_told(grade: Bench) -> None:
    """A function that the exercise asks for and that isn't there is named."""
    graded = grade(one("student.forward(1)"), "x = 1\n", "it")
    assert graded["it"].status is Status.FAILED
    assert "forward" in graded["it"].message


THREE = (
    HEAD
    + """
@check("before")
def test_before(student):
    "before"
    assert student.one().value == 1
@check("fatal")
def test_fatal(student):
    "fatal"
    student.fatal()
@check("after")
def test_after(student):
    "after"
    assert student.one().value == 1
"""
)


@pytest.mark.parametrize(
    ("fatal", "outcome", "words"),
    [
        ("import ctypes; ctypes.string_at(0)", Outcome.CRASHED, "SIGSEGV"),
        ("import os; os._exit(0)", Outcome.CRASHED, "os._exit"),
        ("import os; os.kill(os.getpid(), 9)", Outcome.CRASHED, "SIGKILL"),
        ("while True: pass", Outcome.TIMED_OUT, "2 seconds"),
        ("import torch; [torch.randn(3000, 3000) @ torch.randn(3000, 3000) for _ in range(999)]",
         Outcome.TIMED_OUT, "2 seconds"),
        ("while True: print('x' * 10000)", Outcome.OUTPUT_LIMIT, "printed more than 8 MiB"),
    ],
)  # fmt: skip
def test_a_process_that_dies_costs_one_check(
    grade: Bench, fatal: str, outcome: Outcome, words: str
) -> None:
    """Crash, exit, hang in Python or in C, endless print: the next check has a fresh process."""
    graded = grade(
        THREE,
        f"def one():\n    return 1\ndef fatal():\n    {fatal}\n",
        "before",
        "fatal",
        "after",
        limits=Limits(check_s=2.0, wall_s=30.0),
    )
    statuses = [graded[name].status for name in ("before", "fatal", "after")]
    assert statuses == [Status.PASSED, Status.FAILED, Status.PASSED]
    assert words in graded["fatal"].message
    assert graded.report.verdict.outcome is outcome
    assert graded.report.verdict.score == 2.0
    assert not graded.report.verdict.passed


def test_the_limit_in_all_ends_what_is_left(grade: Bench) -> None:
    """When the time for the whole submission is used up, the rest fails and says so."""
    graded = grade(
        THREE,
        "def one():\n    return 1\ndef fatal():\n    while True: pass\n",
        "before",
        "fatal",
        "after",
        limits=Limits(check_s=30.0, wall_s=2.0),
    )
    assert graded["before"].status is Status.PASSED
    assert graded["after"].status is Status.FAILED
    assert "2 seconds, its limit in all" in graded["after"].message
    assert graded.report.verdict.outcome is Outcome.TIMED_OUT


def test_memory_is_bounded(grade: Bench) -> None:
    """An allocation beyond the limit is an outcome of its own, however it is made."""
    for grab in ("bytearray(1 << 30)", "torch.zeros(1 << 28)", "[0] * (1 << 28)"):
        graded = grade(
            one("student.grab()"),
            f"import torch\nkept = {grab}\n",
            "it",
            limits=Limits(memory_bytes=200 << 20),
        )
        assert graded.report.verdict.outcome is Outcome.OUT_OF_MEMORY, (grab, graded["it"])


def test_a_check_that_needs_a_failed_one_is_skipped(grade: Bench) -> None:
    """It says which one it needs, and earns nothing."""
    checks = (
        HEAD
        + """
@check("a")
def test_a(student):
    "a"
    assert student.f().value == 2, "f() is not 2"
@check("b")
def test_b(student):
    "b"
"""
    )
    graded = grade(
        checks, "def f():\n    return 1\n", "a", Rubric(id="b", title="b", points=1, needs=("a",))
    )
    assert graded["a"].message == "f() is not 2"
    assert graded["b"].status is Status.SKIPPED
    assert graded["b"].message == "needs a"


def test_a_broken_check_is_the_graders_fault(grade: Bench) -> None:
    """An error in the check's own code costs the student nothing: there is no score."""
    graded = grade(one("raise KeyError('ours')"), "x = 1\n", "it")
    assert graded["it"].status is Status.ERROR
    assert graded.report.verdict.outcome is Outcome.GRADER_FAULT
    assert graded.report.verdict.score is None


def test_a_checks_file_that_cannot_be_read_is_the_graders_fault(grade: Bench) -> None:
    """A syntax error in checks.py is told as ours."""
    graded = grade("def (", "x = 1\n", "it")
    assert graded.report.verdict.outcome is Outcome.GRADER_FAULT


@pytest.mark.parametrize(
    ("source", "line"),
    [("x = (\n", 1), ("def f():\nreturn 1\n", 2), ("x = '" + "a" * 50 + "\n", 1)],
)
def test_a_syntax_error_is_invalid_with_its_line(grade: Bench, source: str, line: int) -> None:
    """The file doesn't parse: graded, invalid, with the line."""
    graded = grade(one("student.f()"), source, "it")
    assert graded.report.verdict.outcome is Outcome.INVALID
    assert graded["it"].crash is not None
    assert graded["it"].crash.place == Place("submission.py", line)


@pytest.mark.parametrize(
    "source", ["(" * 5000, "-" * 200_000 + "1", "x = 1\0", "[" * 400 + "]" * 400]
)
def test_a_text_that_breaks_the_parser_breaks_nothing_else(grade: Bench, source: str) -> None:
    """Parser bombs end in the student's process, as invalid or as a crash."""
    graded = grade(one("student.f()"), source, "it")
    assert graded.report.verdict.outcome in (Outcome.INVALID, Outcome.CRASHED)
    assert graded["it"].status is Status.FAILED


def test_the_seed_decides_the_inputs(grade: Bench) -> None:
    """The same seed draws the same numbers for a check."""
    body = "assert round(float(draw.normal(1)), 4) == student.x.value, float(draw.normal(1))"
    first = grade(one(body), "x = 0.0\n", "it")["it"].message
    assert grade(one(body), "x = 0.0\n", "it")["it"].message == first


def test_what_runs_inside_a_call_is_seen_by_name(grade: Bench) -> None:
    """A built-in is found under another name; one that is only imported is not."""
    source = """
    import torch.nn as nn, torch.nn.functional as F
    hidden = getattr(F, "cross_" + "entropy")
    def sly(z, t): return hidden(z, t)
    def modular(z, t): return nn.CrossEntropyLoss()(z, t)
    def honest(z, t): return (z.exp().sum(1).log() - z[range(len(z)), t]).mean()
    """
    body = """
    z, t = draw.normal(4, 3), draw.integers(4, high=3)
    for name, built_in in (("sly", True), ("modular", True), ("honest", False)):
        with student.watching() as used:
            student.get(name)(z, t)
        assert ("torch.nn.functional.cross_entropy" in used) is built_in, (name, used)
        assert ("torch.nn.CrossEntropyLoss" in used) is (name == "modular"), used
    """
    graded = grade(one(body), source, "it")
    assert graded["it"].status is Status.PASSED, graded["it"]


WAYS = """
import queue, threading, torch
import torch.nn.functional as F
built_in, x = F.softmax, torch.ones(2, 3)

@torch.jit.script
def scripted(z: torch.Tensor) -> torch.Tensor:
    return F.softmax(z, 1)

traced = torch.jit.trace(lambda z: z.softmax(1), x, check_trace=False)
def operator(z): return torch.ops.aten._softmax(z, 1, False)
def bound_before(z): return built_in(z, 1)
def disabled(z):
    with torch._C.DisableTorchFunction(): return z.softmax(1)
def subclass(z):
    with torch._C.DisableTorchFunctionSubclass(): return z.softmax(1)
def undispatched(z):
    with torch._C._DisableTorchDispatch(), torch._C.DisableTorchFunction(): return z.softmax(1)
def vmapped(z): return torch.func.vmap(lambda row: row.softmax(0))(z)
def compiled(z): return torch.compile(lambda y: y.softmax(1))(z)
def in_a_thread(z):
    out = []
    thread = threading.Thread(target=lambda: out.append(scripted(z)))
    thread.start(); thread.join()
    return out[0]
asked, answered = queue.Queue(), queue.Queue()
def work():
    while True: answered.put(scripted(asked.get()))
threading.Thread(target=work, daemon=True).start()
def in_a_waiting_thread(z):
    asked.put(z)
    return answered.get()
def by_hand(z):
    return z.exp() / z.exp().sum(1, keepdim=True)
"""


def test_operators_are_seen_however_they_are_reached(grade: Bench) -> None:
    """A built-in is seen in compiled code, in threads, and with every mode switched off."""
    body = """
    ways = ("scripted", "traced", "operator", "bound_before", "disabled", "subclass",
            "undispatched", "vmapped", "compiled", "in_a_thread", "in_a_waiting_thread")
    for name in ways:
        with student.watching() as used:
            student.get(name)(draw.normal(4, 3))
        assert "torch.ops.aten._softmax" in used, (name, sorted(used))
    with student.watching() as used:
        student.by_hand(draw.normal(4, 3))
    assert not any("softmax" in name for name in used), used
    assert "torch.ops.aten._softmax" in student.seen
    """
    graded = grade(one(body), WAYS, "it")
    assert graded["it"].status is Status.PASSED, graded["it"]


@pytest.mark.parametrize(
    "ending",
    [
        "torch.autograd.profiler._disable_profiler()",
        "torch._C._autograd._disable_profiler()",
        "torch.overrides._pop_mode()",
        "torch.overrides._push_mode(torch.overrides.BaseTorchFunctionMode())",
    ],
)
def test_a_watch_that_is_ended_from_inside_is_told(grade: Bench, ending: str) -> None:
    """Where a program ends the watch, a check that stands on it fails in words."""
    source = f"""
    import contextlib, torch
    def f(x):
        with contextlib.suppress(RuntimeError):
            {ending}
        return x
    """
    body = """
    with student.watching() as used:
        student.f(1)
    """
    graded = grade(one(body), source, "it")["it"]
    assert graded.status is Status.FAILED, graded
    assert "could not be seen" in graded.message


def test_what_was_seen_outlives_the_process(grade: Bench) -> None:
    """What a call ran stays known when a later one kills the process."""
    source = """
    import os, torch
    def f(x): return x.tanh()
    def dies(x): os._exit(1)
    """
    body = """
    with student.watching() as used:
        student.f(draw.normal(2))
        try:
            student.dies(1)
        except Exception:
            pass
        student.f(draw.normal(2)[0])
    assert "torch.Tensor.tanh" in used, used
    """
    assert grade(one(body), source, "it")["it"].status is Status.PASSED


def test_a_handle_stands_for_one_object(grade: Bench) -> None:
    """An object that was exchanged for another behind its number is noticed."""
    source = """
    import gc, sys
    def swap(x):
        frame = sys._getframe()
        while frame:
            objects = getattr(frame.f_locals.get("self"), "_objects", None)
            if objects is not None:
                for number, value in list(objects.items()):
                    if value is x:
                        objects[number] = x.clone()
                return True
            frame = frame.f_back
    """
    body = """
    kept = student.put(draw.normal(2))
    swapped = student.swap(kept).value
    assert swapped is not True or kept.value is None, "the exchange went unnoticed"
    assert swapped is True, "no handle can be reached: it is never about another object"
    """
    graded = grade(one(body), source, "it")["it"]
    assert graded.status is Status.FAILED
    assert "another object" in graded.message


def test_several_tests_of_one_check_make_one_result(grade: Bench) -> None:
    """The check passes when all of them do; the first that fails is told."""
    checks = (
        HEAD
        + """
import pytest
@check("it")
@pytest.mark.parametrize("n", [1, 2, 3])
def test_n(student, n):
    "f is the identity"
    assert student.f(n).value == n, f"f({n}) is wrong"
"""
    )
    assert grade(checks, "def f(n): return n\n", "it")["it"].status is Status.PASSED
    graded = grade(checks, "def f(n): return min(n, 1)\n", "it")
    assert graded["it"].status is Status.FAILED
    assert graded["it"].message == "f(2) is wrong"


def test_an_input_kept_over_there_gets_its_gradient(grade: Bench) -> None:
    """A tensor that asks for gradients crosses as a leaf that does."""
    body = """
    x = student.put(draw.normal(3).requires_grad_())
    student.square(x).sum().backward()
    agree(x.grad, 2 * x.value.detach())
    """
    graded = grade(one(body), "def square(x):\n    return x * x\n", "it")
    assert graded["it"].status is Status.PASSED, graded["it"]


def test_props_run_on_the_students_side(grade: Bench) -> None:
    """An exercise's props.py gives models and data to try the student's functions on."""
    (grade.folder / "props.py").write_text(
        "import torch\ndef model():\n    return torch.nn.Linear(2, 1)\n"
    )
    body = "assert student.count(student.props.model()).value == 3"
    source = "def count(m):\n    return sum(p.numel() for p in m.parameters())\n"
    graded = grade(one(body), source, "it")
    assert graded["it"].status is Status.PASSED, graded["it"]


def test_only_functions_and_classes_are_asked_for_once(grade: Bench) -> None:
    """A global that a function gives a new value is asked for anew, over there and in props."""
    (grade.folder / "props.py").write_text(
        "seen = 0\ndef look():\n    global seen\n    seen += 1\n    return seen\n"
    )
    body = """
    for number in (1, 2):
        student.train()
        assert student.model.value == [number] and student.epochs.value == number
        assert student.props.look().value == student.props.seen.value == number
    """
    source = """
    epochs, model = 0, None
    def train():
        global epochs, model
        epochs += 1
        model = [epochs]
    """
    graded = grade(one(body), source, "it")
    assert graded["it"].status is Status.PASSED, graded["it"]


def test_a_call_can_be_traced(grade: Bench) -> None:
    """The rules look at a function of the student's that trains."""
    body = """
    from grader.rules import find_all
    losses, trace = student.trace(student.train, 30)
    assert trace.updates == 30
    assert [f.rule for f in find_all(trace)] == ["gradients-not-cleared"]
    assert find_all(trace)[0].place.line == 9
    """
    source = """
    import torch
    def train(steps):
        torch.manual_seed(0)
        model = torch.nn.Linear(4, 1)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
        losses = []
        for _ in range(steps):
            loss = (model(torch.randn(8, 4)) ** 2).mean()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        return losses
    """
    graded = grade(one(body), source, "it")
    assert graded["it"].status is Status.PASSED, graded["it"]
    # No check asked for it: advice, which costs nothing.
    advised = [(one.rule, one.level) for one in graded.report.verdict.findings]
    assert advised == [("gradients-not-cleared", Level.NOTE)]


def test_an_exercise_can_demand_isolation(tmp_path: Path) -> None:
    """With less than it demands nothing is run, whatever the user asked for."""
    made = replace(exercise(tmp_path, one("student.f()"), ["it"]), isolation=IsolationLevel.PARTIAL)
    with Grader(Options(isolation=IsolationPolicy.NONE)) as grader:
        with pytest.raises(IsolationRefused, match="demands partial isolation, but has none"):
            grader.grade(made, submission("def f(): pass\n"))
        report = grader.grade(replace(made, isolation=IsolationLevel.NONE), submission("x = 1\n"))
        assert report.run.isolation.level is IsolationLevel.NONE
