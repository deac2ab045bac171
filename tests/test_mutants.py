"""Mutants of a program: small changes, one each, that good checks notice."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.author.mutants import Mutant, choose, mutants


def changed(source: str, **options: bool) -> set[str]:
    """What the changed line becomes in each mutant."""
    return {mutant.after for mutant in mutants(source, **options)}


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        # operators, terms, comparisons, conditions
        ("y = a + b", {"y = a - b", "y = a", "y = b"}),
        ("y = a @ b", {"y = a * b"}),
        ("y = x ** 2", {"y = x * 2", "y = x ** 3", "y = x ** 1", "y = x ** 4", "y = x ** 0"}),
        ("y = -x", {"y = x"}),
        ("y = a - b * c", {"y = a - b / c", "y = a - b", "y = a - c", "y = a + b * c"}),
        ("y = (a + b) * c", {"y = (a - b) * c", "y = (a) * c", "y = (a + b) / c"}),
        ("y = a < b", {"y = a <= b", "y = a >= b"}),
        ("y = a is None", {"y = a is not None"}),
        ("y = a and b", {"y = a or b", "y = a", "y = b"}),
        ("if a:\n    y = 1", {"if not a:"}),
        ("y = a if c else b", {"y = b if c else a"}),
        # constants
        ("y = 3", {"y = 4", "y = 2", "y = 6", "y = 0"}),
        ("y = 0.5", {"y = 1.5", "y = -0.5", "y = 1.0", "y = 0.0"}),
        ("y = 1e-8", {"y = 0.0001", "y = 0.0"}),
        ("y = True", {"y = False"}),
        ("y = x[:, 0]", {"y = x[:, 1]", "y = x[:, -1]"}),
        # calls
        ("y = f(a, b)", {"y = f(b, a)"}),
        ("y = x.sum(dim=1)", {"y = x.mean(dim=1)", "y = x.sum()", "y = x.sum(dim=0)"}),
        ("y = f(x, reduction='mean')", {"y = f(x, reduction='sum')"}),
        ("y = range(n)", {"y = range(n - 1)", "y = range(n + 1)", "y = range(1, n)"}),
        ("y = x.detach()", {"y = x"}),
        ("y = torch.exp(x)", {"y = x", "y = torch.expm1(x)"}),
        ("y = W.T", {"y = W"}),
        ("with torch.no_grad():\n    f()", {"with torch.enable_grad():"}),
        # statements
        ("y += x", {"y -= x", "pass", "y = x"}),
        ("x.zero_()", {"pass"}),
        ("self.n = n", {"pass"}),
        ("def f():\n    return x", {"return"}),
        ("for a in b:\n    break", {"pass"}),
    ],
)
def test_what_is_changed(source: str, wanted: set[str]) -> None:
    """Each kind of slip, shown as the line that it makes."""
    assert wanted <= changed(source), changed(source)


@pytest.mark.parametrize(
    "source",
    [
        '"""A module\'s text, 1 + 1."""',
        'def f():\n    """Gives 1 + 1."""',
        "def f(x: Literal[1]) -> Literal[2]:\n    ...",
        "import torch",
        "print(1 + 1)",
        "if bad:\n    raise ValueError('at least', 1)",
        "y = f'{a + 1}'",
        "if __name__ == '__main__':\n    y = 1 + 1",
    ],
)
def test_what_is_left_alone(source: str) -> None:
    """Docstrings, annotations, prints, messages, f-strings, and what isn't run."""
    assert changed(source) <= {"if not bad:"}


def test_what_a_script_runs_as_main_changes_too() -> None:
    """A module's demonstration is not run, a script's is."""
    source = "if __name__ == '__main__':\n    y = 5"
    assert changed(source) == set()
    assert "y = 6" in changed(source, main_is_run=True)


SOURCE = """\
import torch


def f(x, lr=0.1):  # ä comment
    \"\"\"Text.\"\"\"
    ü = x.sum(dim=-1, keepdim=True) * 2  # (N, 1)
    if x.dim() == 2 and not lr:
        return torch.maximum(ü, x)
    return (ü - x) / (
        1 + lr
    )
"""


def test_a_mutant_differs_in_one_place() -> None:
    """The rest of the text is as it was, comments and all; each one compiles, and none twice."""
    found = mutants(SOURCE)
    assert len({mutant.source for mutant in found}) == len(found) > 20
    lines = SOURCE.splitlines()
    for mutant in found:
        compile(mutant.source, "mutant", "exec")
        assert ast.dump(ast.parse(mutant.source)) != ast.dump(ast.parse(SOURCE))
        assert mutant.before != mutant.after
        new = mutant.source.splitlines()
        assert new[: mutant.line - 1] == lines[: mutant.line - 1]
        tail = len(lines) - mutant.line - 2
        assert tail <= 0 or new[-tail:] == lines[-tail:]


def test_lines_are_shown_without_their_comments() -> None:
    """And a change over several lines as one line."""
    shown = {(mutant.line, mutant.before) for mutant in mutants(SOURCE)}
    assert (6, "ü = x.sum(dim=-1, keepdim=True) * 2") in shown
    assert (9, "return (ü - x) / ( 1 + lr )") in shown


@pytest.mark.parametrize(
    ("source", "after", "value"),
    [
        ("y = 10 - 2 * 3", "y = 10 - (2 - 1) * 3", None),
        ("y = 10 - 2 * 3", "y = 10 - 2 / 3", 10 - 2 / 3),
        ("y = 2 ** (1 + 2)", "y = 2 ** (1 - 2)", 0.5),
        ("y = not (1 == 2)", "y = 1 == 2", False),
        ("y = 8 - (4 - 2)", "y = 8 - (4 + 2)", 2),
        ("y = 8 / (4 / 2)", "y = 8 / (4 * 2)", 1),
        ("y = 2 ** 1", "y = 2 ** 0", 1),
        ("y = (3 if 1 else 4) + 1", "y = (4 if 1 else 3) + 1", 5),
    ],
)
def test_a_change_means_what_it_shows(source: str, after: str, value: object) -> None:
    """Parentheses stand where the change needs them, and an operator keeps its operands."""
    by_after = {mutant.after: mutant for mutant in mutants(source)}
    if value is None:
        assert after not in by_after
        return
    names: dict[str, object] = {}
    exec(by_after[after].source, names)
    assert names["y"] == value


def test_the_seed_chooses() -> None:
    """The same seed chooses the same ones, another seed others; lines stay in order."""
    found = mutants(SOURCE)
    first = choose(found, 5, 1)
    assert len(first) == 5
    assert first == choose(found, 5, 1)
    assert first != choose(found, 5, 2)
    assert [mutant.line for mutant in first] == sorted(mutant.line for mutant in first)
    assert choose(found, 10_000, 1) == found


def test_no_python_is_an_error() -> None:
    """What can't be parsed can't be changed."""
    with pytest.raises(SyntaxError):
        mutants("def f(:")


NAMES = st.sampled_from(["a", "b", "x.y", "f(a)", "1", "-2", "0.5", "'s'", "x[0]", "[a, b]"])
OPERATORS = ("+", "-", "*", "/", "**", "@", "//", "%", "<", "==", "and", "or")
EXPRESSIONS = st.recursive(
    NAMES,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(OPERATORS), inner).map(
            lambda parts: f"({parts[0]}) {parts[1]} ({parts[2]})"
        ),
        inner.map(lambda text: f"not ({text})"),
        inner.map(lambda text: f"f({text}, a, dim={text})"),
        inner.map(lambda text: f"({text}).sum()[{text}]"),
    ),
    max_leaves=8,
)


@settings(max_examples=50, deadline=None)
@given(EXPRESSIONS)
def test_any_expression_can_be_changed(text: str) -> None:
    """Every mutant parses, differs, and is one of the kind that was asked for."""
    source = f"y = {text}\nz = 1\n"
    for mutant in mutants(source):
        assert isinstance(mutant, Mutant)
        first, second = ast.parse(mutant.source).body
        if mutant.line == 1:
            assert ast.unparse(second) == "z = 1"
        else:
            assert ast.dump(first) == ast.dump(ast.parse(source).body[0])


PLACES = """
class Layer:
    def __init__(self, p):
        self.p = p

    def step(self, x):
        return x * self.p
"""


def test_an_argument_may_be_another_one_in_some_places() -> None:
    """Beyond a size, in float64, and afterwards; a method may work once, or thirty times."""
    after = " ".join(mutant.after for mutant in mutants(PLACES))
    assert "(x := (x + 0.01 * x * x if x.reshape(-1).shape[0] > 300 else x)) * self.p" in after
    assert "if x.dtype.itemsize == 8 else x" in after
    assert "(x * self.p, x.__imul__(1.01))[0]" in after
    assert "calls_of_step" in after
    assert "calls_of___init__" not in after


def test_a_method_that_works_once_is_right_once() -> None:
    """And gives None from then on, to each object for itself."""
    for mutant in mutants(PLACES):
        if "calls_of_step" in mutant.after and "< 1 and" in mutant.after:
            scope: dict[str, type] = {}
            exec(mutant.source, scope)
            one, other = scope["Layer"](2), scope["Layer"](3)
            assert [one.step(5), one.step(5), other.step(5)] == [10, None, 15]
            return
    raise AssertionError("no such mutant")
