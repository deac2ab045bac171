"""Objects are looked at without running a line of their code."""

from __future__ import annotations

import ast
import inspect
from collections import OrderedDict
from pathlib import Path
from typing import Any, Self

import numpy as np
import pytest
import torch
from torch import nn
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode

from grader.observe import looking
from grader.observe.looking import MISSING


class Touched(BaseException):
    """Code of an object ran."""


def _touch(*_: Any, **__: Any) -> Any:
    raise Touched


class Kind(type):
    """A metaclass that minds everything."""

    __eq__ = __hash__ = __instancecheck__ = __subclasscheck__ = _touch
    __name__ = property(_touch)


class Trap(metaclass=Kind):
    """An object whose every method raises."""

    __slots__ = ("__dict__", "slot", "unset")
    given = property(_touch)
    plain = 3

    def __new__(cls) -> Self:
        trap = object.__new__(cls)
        object.__getattribute__(trap, "__dict__").update(held=1, given=2)
        cls.__dict__["slot"].__set__(trap, 5)
        return trap

    __getattr__ = __getattribute__ = __len__ = __iter__ = __bool__ = __eq__ = __hash__ = _touch
    __class__ = property(_touch)


def test_attributes_are_what_stands_in_an_object() -> None:
    """Of the instance, a slot or plain data of a class; what is computed is missing."""
    trap = Trap()
    names = ("held", "slot", "plain", "given", "unset", "absent", "__len__")
    found = [looking.attribute(trap, name) for name in names]
    assert found == [1, 5, 3, MISSING, MISSING, MISSING, MISSING]
    assert not looking.is_a(trap, dict)
    assert looking.name_of(trap) == "Trap"
    assert looking.own(trap) == {"held": 1, "given": 2}


@pytest.mark.parametrize("base", [dict, list, tuple, OrderedDict])
def test_containers_are_read_as_the_built_in_ones_that_they_are(base: type) -> None:
    """A container's own way to iterate isn't asked."""
    overridden = dict.fromkeys(("__iter__", "values", "items", "__len__", "__getitem__"), _touch)
    filled = {"a": 1}.items() if issubclass(base, dict) else [1]
    value = type("Odd", (base,), overridden)(filled)
    assert looking.parts_of(value) == [1]


def test_row_numbers_are_read_of_plain_sequences_alone() -> None:
    """An iterator stays unread, and an object that says it is a number unasked."""
    once = iter([1, 2])
    assert looking.integers(once) is None
    assert list(once) == [1, 2]
    assert looking.integers([1, Trap()]) is None
    for values in ([2, 3], (2, 3), range(2, 4), np.array([2, 3]), torch.tensor([2, 3])):
        assert looking.integers(values) == [2, 3]
    assert looking.integers(list(np.array([2, 3]))) == [2, 3]


@pytest.mark.parametrize(
    "tensor",
    [
        torch.empty(2, 2, device="meta"),
        torch.eye(2).to_sparse(),
        torch.eye(2).to_sparse_csr(),
        torch.nested.nested_tensor([torch.ones(1), torch.ones(2)]),
        torch.ones(2, dtype=torch.complex64),
        torch.ones(2).to(torch.float8_e4m3fn),
        torch.quantize_per_tensor(torch.ones(2), 0.1, 0, torch.quint8),
    ],
    ids=["meta", "sparse", "csr", "nested", "complex", "float8", "quantized"],
)
def test_exotic_tensors_have_no_values_to_read(tensor: torch.Tensor) -> None:
    """And asking for what they lack raises nothing."""
    assert looking.is_tensor(tensor)
    assert not looking.has_values(tensor)
    assert looking.scalar(tensor) is None
    assert isinstance(looking.shape_of(tensor), tuple)
    assert looking.version_of(tensor) >= 0


def test_tensors_of_inference_have_no_version() -> None:
    """Torch counts no writes to them."""
    with torch.inference_mode():
        assert looking.version_of(torch.ones(2)) == -1


def test_a_class_of_tensors_is_open_if_it_changes_nothing_of_torch() -> None:
    """New methods are its own affair; another ``shape`` hides what is there."""

    class Image(torch.Tensor):
        def show(self) -> None: ...

    class Liar(torch.Tensor):
        shape = property(_touch)

    assert looking.is_open(torch.ones(2).as_subclass(Image))
    assert not looking.is_open(torch.ones(2).as_subclass(Liar))
    assert looking.shape_of(torch.ones(2).as_subclass(Liar)) == ()


def test_no_mode_of_the_program_is_asked_quietly() -> None:
    """Neither of functions nor of operations."""

    class Functions(TorchFunctionMode):
        __torch_function__ = _touch

    class Operations(TorchDispatchMode):  # type: ignore[no-untyped-call]
        __torch_dispatch__ = _touch

    tensor = torch.ones(2)
    operations: Any = Operations
    with Functions(), operations(), looking.quietly():
        assert looking.has_values(tensor)
        assert looking.scalar(tensor.sum()) == 2.0


def test_modules_are_walked_by_what_they_hold() -> None:
    """Whatever their own ``parameters``, ``modules`` and ``training`` would say."""

    class Net(nn.Module):
        parameters = modules = named_parameters = named_modules = __iter__ = _touch

        def __init__(self) -> None:
            super().__init__()
            self.one = self.two = nn.Linear(2, 3)

    class Computed(Net):
        training = property(lambda _: False, lambda *_: None)

    net = Net()
    assert [name for name, _ in looking.named_parameters_in(net)] == ["one.weight", "one.bias"]
    assert looking.modules_in(net) == [net, net.one]
    assert looking.mode_of(net) is True
    assert looking.mode_of(Computed()) is None


OURS = {"looking.py", "opaque.py", "patching.py", "log.py", "threads.py", "wrapped.py"}
KNOWN = {"str", "int", "type", "Form", "Through", "Tokened"}
"""Kinds of what the recorder itself has made."""
NOT_THEIRS = {"owner", "base", "eager_transforms", "torch"}
"""Modules and classes of torch, where their parts are looked for."""


def test_types_are_compared_by_identity() -> None:
    """``type(value) in (int, float)`` would ask the metaclass of the program's class."""
    package = Path(inspect.getfile(looking)).parents[1]
    folders = (package / "observe", package / "runner" / "inside")
    files = [*(path for folder in folders for path in folder.rglob("*.py"))]
    assert len(files) > 100
    for path in (*files, package / "runner" / "packing.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Compare) and ast.unparse(node.left).startswith("type("):
                asks = [op for op in node.ops if not isinstance(op, ast.Is | ast.IsNot)]
                assert not asks, f"{path.name}:{node.lineno}"


def test_a_metaclass_is_not_asked_for_the_exact_type() -> None:
    """Nor is it called another's."""
    assert looking.is_exactly(3, int, float)
    assert not looking.is_exactly(True, int, float)
    assert not looking.is_exactly(Trap(), int, object)
    assert looking.is_exactly(Trap(), int, Trap)


def test_the_recorder_asks_objects_in_no_other_way() -> None:
    """Whatever runs in the student's process and sees its objects goes by `looking`."""
    folder = Path(inspect.getfile(looking)).parent
    for path in sorted(folder.glob("*.py")):
        text = path.read_text()
        if path.name in OURS or "in the student's process" not in text:
            continue
        calls = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call)]
        for call in calls:
            name = ast.unparse(call.func)
            where = f"{path.name}:{call.lineno}"
            assert not name.startswith("tree_"), where
            if name == "isinstance":
                assert ast.unparse(call.args[1]) in KNOWN, where
            if name in {"getattr", "hasattr"}:
                asked = ast.unparse(call.args[0])
                assert asked in NOT_THEIRS or asked.startswith("getattr(torch,"), where
