"""Sentences about errors that look at the numbers in their text and at the values at hand."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

from grader.model import Crash

_PARAMETER = "parameter"
_TENSOR = "tensor"
_MODULE = "module"
_NOT_A_LEAF = "not a leaf"
_REQUIRES_GRAD = "requires grad"
"""Words in the texts of values, as ``grader.runner.inside.values`` writes them."""

DID_YOU_MEAN = "did you mean"
"""The name of the value that says which name was most likely meant."""

LOSSES = (
    r"(?:CrossEntropy|MSE|L1|SmoothL1|Huber|NLL|BCE|BCEWithLogits|KLDiv|PoissonNLL|MultiMargin)Loss"
)

_SHAPE = re.compile(r" of shape \(((?:\d{1,18}(?:, ?)?)*)\)")


def _shapes(crash: Crash) -> Iterator[tuple[str, tuple[int, ...]]]:
    """The name and shape of each tensor at hand."""
    for name, text in crash.values:
        found = _SHAPE.search(text)
        if found:
            yield name, tuple(int(part) for part in found[1].split(",") if part.strip())


def matmul(found: re.Match[str], crash: Crash) -> str:
    """Two matrices that don't fit; in a layer, what has to be flattened."""
    rows, columns, needed = (int(found[name]) for name in ("rows", "columns", "needed"))
    layer = any(f"Linear(in_features={needed}," in text for _, text in crash.values)
    said = (
        f"The layer takes inputs with {needed} numbers in the last dimension and got {columns}"
        if layer
        else f"The left matrix has {columns} columns and the right one {needed} rows, and a "
        "product needs these two to be equal"
    )
    if layer and rows * columns == needed:
        return (
            f"{said}: as all numbers together are {needed}, this may be one sample without a batch "
            "around it; x.unsqueeze(0) makes a batch of one."
        )
    for name, shape in _shapes(crash):
        if not (shape and shape[-1] == columns and math.prod(shape[:-1]) == rows):
            continue
        if len(shape) > 2 and math.prod(shape[1:]) == needed:  # noqa: PLR2004  # batch and more
            return f"{said}: each of the {shape[0]} samples in {name} has to be flattened first."
    advice = "" if layer else "; check whether one of them should be transposed"
    return said + advice + "."


def numpy_product(found: re.Match[str], _: Crash) -> str:
    """Two arrays whose product NumPy can't take."""
    columns, rows = (found["columns"], found["rows"]) if found["rows"] else (found["n"], found["m"])
    return (
        f"The left array has {columns} columns and the right one {rows} rows, and a product needs "
        "these two to be equal; check whether one of them should be transposed."
    )


def line_of(crash: Crash) -> str:
    """The student's line that raised; empty where it was none of theirs."""
    return crash.frames[-1][1] if crash.frames else ""


def near(crash: Crash) -> str:
    """The name that was most likely meant, where the student's process has found one."""
    return next((text for name, text in crash.values if name == DID_YOU_MEAN), "")


def _is_used(name: str, use: str | None, crash: Crash) -> bool:
    """Whether the student's line has ``name`` right beside the attribute or operator."""
    line = line_of(crash)
    name, use = re.escape(name), re.escape(use or " ")
    return bool(re.search(rf"(?<![\w.]){name}\s*\.?{use}|{use}\s*{name}(?![\w.(\[])", line))


def _no_gradient(crash: Crash) -> str:
    """Which gradient of the line is None, and why; empty where none is."""
    known = dict(crash.values)
    for name, text in crash.values:
        owner = name.removesuffix(".grad")
        if text != "None" or owner == name:
            continue
        about = known.get(owner, "")
        if _NOT_A_LEAF in about:
            return (
                f"{owner} is not a leaf: it is the result of a computation, so backward() leaves "
                f"{name} at None; make its values first and set requires_grad on the result."
            )
        if _REQUIRES_GRAD in about:
            return (
                f"{name} is None: no backward() has reached {owner} since it was made, or since "
                "its gradients were cleared."
            )
        if _TENSOR in about or _PARAMETER in about:
            return f"{name} is None because {owner} does not require gradients."
    return ""


def no_value(found: re.Match[str], crash: Crash) -> str:
    """None where a value is needed; the usual cause is a ``.grad`` that isn't there."""
    if gradient := _no_gradient(crash):
        return gradient
    for name, text in crash.values:
        if text == "None" and _is_used(name, found["use"], crash):
            return (
                f"{name} is None here: find the line that should have given it a value, or, where "
                "it may be None, ask first (if … is not None)."
            )
    return (
        "A value is None here: a function without a return gives None, and so does .grad "
        "before the first backward()."
    )


def no_tensor(_: re.Match[str], crash: Crash) -> str:
    """None where a tensor is needed."""
    return _no_gradient(crash) or (
        "A tensor is needed here and None was given: a function or forward() without a return "
        "gives None."
    )


def other_than_tensor(found: re.Match[str], crash: Crash) -> str:
    """Something else where a tensor is needed; a layer, if its class was called with the tensor."""
    name = found["name"]
    if any(re.match(rf"{_MODULE} {re.escape(name)}\b", text) for _, text in crash.values):
        return (
            f"A tensor is needed here and {name} is a layer, not its output: make the layer first, "
            f"then call it with the tensor, as in nn.{name}()(x) for one of torch's."
        )
    return (
        f"A tensor is needed here and something of class {name} was given; torch.tensor(…) makes "
        "one of numbers, lists and arrays, and of a tuple of tensors one is to be chosen."
    )


def ambiguous(_: re.Match[str], crash: Crash) -> str:
    """A tensor as a condition; torch raises the same inside of a loss class that got a batch."""
    inside = dict(crash.values).get("the layer", "")
    if loss := re.match(rf"{_MODULE} ({LOSSES})\b", inside):
        return (
            f"{loss[1]} was called with the batch, but calling the class makes a loss object: "
            "make it once without the batch, then call that object with predictions and targets."
        )
    return (
        "A tensor of several values stands where Python needs one yes or no (if, while, and, or, "
        "not, in); reduce it first with .all(), .any() or .item()."
    )


def target(found: re.Match[str], _: Crash) -> str:
    """A class number beyond the last class, or below 0."""
    target = int(found["target"])
    if target < 0:
        return f"A target is {target}, and classes are numbered from 0."
    return (
        f"A target names class {target}; classes are numbered from 0, so the last layer needs at "
        f"least {target + 1} outputs, or the labels are numbered wrongly."
    )


THERE = (
    "Python's own modules, torch, torchvision, torchmetrics, numpy, pandas, scikit-learn, "
    "matplotlib, seaborn and tqdm"
)
"""What a program finds wherever it is graded: what this package depends on for it."""


def no_module(found: re.Match[str], _: Crash) -> str:
    """A module that isn't there."""
    return (
        f"{found['name']} is not there where programs are graded: only the file handed in is, "
        f"{THERE}."
    )


STARTS_A_PROGRAM = re.compile(r"\b(?:subprocess|Popen|os\.(?:system|popen|exec\w+|spawn\w+))\b")
STARTS_WORKERS = re.compile(r"\b(?:Pool|ProcessPoolExecutor|multiprocessing|mp\.\w+)\b")


def refused(_: re.Match[str], crash: Crash) -> str:
    """Something that the wall refuses: another program, a connection, another process."""
    if STARTS_A_PROGRAM.search(line_of(crash)):
        return (
            "There are no other programs where programs are graded, pip among them. These packages "
            f"exist: {THERE}."
        )
    return (
        "Where programs are graded they start no other programs, open no connections and reach no "
        "other process."
    )


def a_pool(_: re.Match[str], crash: Crash) -> str:
    """Workers of one's own need what isn't there; another missing file says itself."""
    if not STARTS_WORKERS.search(line_of(crash)):
        return ""
    return (
        "No processes of one's own can be started where programs are graded: do the work in a "
        "plain loop. A DataLoader with num_workers may stay, it is served without them."
    )


def stand_in(found: re.Match[str], _: Crash) -> str:
    """Something of a package that isn't there, whose import was let pass."""
    if found["name"] in {"gdown", "kaggle", "opendatasets", "requests", "wget"}:
        return (
            f"{found['name']} is not there where programs are graded, and there is no network: "
            "nothing can be downloaded, and the data that an exercise needs is there."
        )
    return (
        f"{found['name']} is not there where programs are graded; its import was let pass, and "
        f"{found['what']} can't be. There are {THERE}."
    )


def without_parentheses(found: re.Match[str], crash: Crash) -> str:
    """A class or a function after ``with`` that was not called."""
    used = re.search(r"\bwith\s+(?:.*,\s*)?([\w.]+)\s*(?:as\s+\w+\s*)?:", line_of(crash))
    name = used[1] if used else f"this {found['kind']}"
    return (
        f"with needs an object to enter, and {name} is not called here: the parentheses are "
        f"missing ({name}())."
    )


def _makes_class_numbers(crash: Crash) -> bool:
    """Whether the line takes an argmax, or has nothing but tensors of one number a sample."""
    line = line_of(crash)
    used = [shape for name, shape in _shapes(crash) if re.search(rf"\b{re.escape(name)}\b", line)]
    return "argmax" in line or (len(used) > 1 and all(len(shape) == 1 for shape in used))


def whole_predictions(found: re.Match[str], crash: Crash) -> str:
    """Whole numbers as the first argument of a loss that takes scores."""
    said = f"The predictions of this loss are whole numbers ({_dtype(found['a'])})"
    if _makes_class_numbers(crash):
        return (
            f"{said}, as class numbers are (argmax gives them), and no gradient comes through "
            "them: give the loss the raw scores."
        )
    return (
        f"{said}, and scores are floating-point: a loss takes the scores first, the targets second."
    )


def class_probabilities(found: re.Match[str], crash: Crash) -> str:
    """Predictions and targets of one shape, where the loss takes targets of that as shares."""
    if _makes_class_numbers(crash):
        return (
            "The predictions have one number a sample, as class numbers have (argmax gives them), "
            "and no gradient comes through those: give the loss the raw scores, one for each class."
        )
    return (
        "Targets in the shape of the logits are read as probabilities and must be floating-point, "
        f"and these are {_dtype(found['got'])}; class numbers have the shape (N,), and the scores "
        "for them (N, classes)."
    )


def _dtype(name: str) -> str:
    return {"Long": "int64", "Int": "int32", "Bool": "bool", "Byte": "uint8"}.get(name, name)


def index(found: re.Match[str], _: Crash) -> str:
    """An entry that a dimension doesn't have."""
    index, dim, size = found["index"], found["dim"], int(found["size"])
    there = f"{size} entries, numbered 0 to {size - 1}" if size else "no entries"
    return f"Dimension {dim} has {there}, and entry {index} was asked for."


def not_set_up(found: re.Match[str], crash: Crash) -> str:
    """A module whose __init__ never called that of nn.Module."""
    name = found["name"]
    known = any(text == f"{_MODULE} {name}" for _, text in crash.values)
    who = name if known else f"{name}, if it is a module,"
    return f"{who} was never set up: its __init__ has to call super().__init__() first."


def not_iterable(found: re.Match[str], crash: Crash) -> str:
    """A value that can't be looped over; often the model where its parameters belong."""
    name = found["name"]
    for owner, text in crash.values:
        if re.match(rf"{_MODULE} {re.escape(name)}\b", text):
            return (
                f"{owner} is a module and no list: its parameters are {owner}.parameters(), its "
                f"layers {owner}.children()."
            )
    advice = "; range(n) counts to a number" if name == "int" else ""
    return f"A value of class {name} holds nothing to go through one by one{advice}."


def state_dict(_: re.Match[str], crash: Crash) -> str:
    """Saved values that belong to another model, and in which ways."""
    said = []
    if "size mismatch" in crash.message:
        said.append("some tensors have other shapes than the model's")
    if "Missing key" in crash.message:
        said.append("some parameters of the model are not in it")
    if "Unexpected key" in crash.message:
        said.append("some of its names are not in the model")
    what = " and ".join(said) or "they do not fit together"
    return f"The saved values come from a model that is built differently: {what}."


def without_forward(found: re.Match[str], crash: Crash) -> str:
    """A module that is called and has nothing to run."""
    name = found["name"]
    if name in {"ModuleList", "ModuleDict", "ParameterList", "ParameterDict"}:
        return f"nn.{name} holds layers and can't be called itself: call what is in it."
    if meant := near(crash):
        return (
            f"{name} has no method forward(), which is what calling a module runs, but one called "
            f"{meant}. Did you mean forward? Then rename it."
        )
    return (
        f"{name} has no method forward(), which is what calling a module runs: check its spelling "
        "and that it is indented as part of the class."
    )


def several(found: re.Match[str], crash: Crash) -> str:
    """Several values where one is needed; often a function of ``math`` that got a tensor."""
    if re.search(r"\bmath\.\w+\(", line_of(crash)):
        return (
            "The functions of math take one number, and this is a tensor of several; torch has "
            "functions of the same names for tensors, such as torch.exp."
        )
    count = found.groupdict().get("count")
    many = f"{count} elements" if count else "several elements"
    return (
        f"A tensor with {many} stands where one number is needed; reduce it with .mean() or "
        ".sum(), or pick one element (a list of tensors is joined by torch.stack)."
    )


def reached(found: re.Match[str], _: Crash) -> str:
    """A dimension that the tensor doesn't have."""
    low, high, dim = found["low"], found["high"], found["dim"]
    return (
        f"Dimension {dim} was asked for, and this tensor has only the dimensions {low} to {high}."
    )


def to_numpy(_: re.Match[str], crash: Crash) -> str:
    """A tensor with a history that NumPy is to take, by its own function or by ``.numpy()``."""
    if re.search(r"\b(?:np|numpy)\.\w+\(", line_of(crash)):
        return (
            "NumPy's functions know no gradients, so they refuse a tensor that has some: use "
            "torch's function of that kind (torch.exp, not np.exp), or take .detach() first where "
            "no gradient is needed."
        )
    return (
        "A tensor with a gradient history can't become an array of NumPy (plots need that too); "
        "take .detach() first."
    )


def not_callable(found: re.Match[str], crash: Crash) -> str:
    """Something that is called and can't be."""
    name = found["name"]
    if not crash.frames:  # the call is the grader's: nothing in a line of theirs can be wrong
        return (
            f"An object of the class {name} is called here: the class needs a method __call__ "
            "(a torch.nn.Module has one, which runs forward)."
        )
    return (
        f"What stands before the parentheses is of class {name} and no function: an attribute "
        "takes no (), and a name may have been given another value before."
    )


def missing_argument(found: re.Match[str], _: Crash) -> str:
    """A call without something that the function needs."""
    names = found["names"].replace("'", "")
    if names.split(",")[0] == "self":
        return "A method is called on the class itself: make an object first, with () after it."
    return (
        f"The call gives nothing for {names}, and the definition has no default: give a value in "
        "the call, or a default where the function is defined."
    )


_MADE_BY = {
    "list": "torch.stack(…) makes a tensor of a list of tensors, torch.tensor(…) of numbers",
    "tuple": "torch.stack(…) makes a tensor of several, and [0] takes the first of them",
    "numpy.ndarray": "torch.from_numpy(…) makes a tensor of an array of NumPy",
    "Tensor": "a tensor of torch has not all that an array of NumPy has, nor by the same names",
}


def no_attribute(found: re.Match[str], crash: Crash) -> str:
    """A name that an object doesn't have."""
    name, what = found["name"], found["what"]
    if meant := near(crash):
        return f"There is no .{what} on this {name}. Did you mean {meant}? It has that."
    if advice := _MADE_BY.get(name):
        return f"There is no .{what} on a {name}; {advice}."
    return (
        f"This {name} has no {what}: objects of its class have none, the name is spelt "
        f"differently, or it is not made yet (self.{what} = …, in a class of one's own)."
    )
