"""Sentences about habits and near misses: names, channels, loops, and what is handed to what."""

from __future__ import annotations

import re

from grader.crashes.sentences import line_of, near
from grader.model import Crash


def not_in_module(found: re.Match[str], crash: Crash) -> str:
    """A name that a module doesn't have."""
    name, module = found["name"], found["module"]
    if meant := near(crash):
        return f"There is nothing called {name} in {module}. Did you mean {meant}? That is there."
    return (
        f"There is nothing called {name} in {module}: check its spelling, and which module has it."
    )


def not_defined(found: re.Match[str], crash: Crash) -> str:
    """A name without a value."""
    name = found["name"]
    if meant := near(crash):
        return f"{name} has no value at this line. Did you mean {meant}? That has one."
    return (
        f"{name} has no value at this line: it is spelt differently, defined later, or only inside "
        "of a function."
    )


def channels(found: re.Match[str], _: Crash) -> str:
    """Images whose channels stand last, or a wrong number of channels."""
    want, got = found["want"], found["got"]
    said = f"The convolution takes inputs with {want} channels and got {got}"
    shape = f"[{found['n']}, {found['h']}, {found['w']}, {found['c']}]"
    if found["c"] == want:
        return (
            f"{said}: the images {shape} have their channels last, and torch wants them second. "
            "x.permute(0, 3, 1, 2) moves them there."
        )
    return f"{said}; it read the input as (batch, channels, …) = {shape}."


def too_many(found: re.Match[str], crash: Crash) -> str:
    """More values than names; in a loop that counts, most often a forgotten enumerate."""
    line = line_of(crash)
    if re.search(r"\bfor\s+\w+,\s*\(", line) and "enumerate" not in line:
        return (
            "The loop has a name for a number and names for a batch, and the loader gives the "
            "batch alone: for i, (x, y) in enumerate(loader)."
        )
    return (
        f"The number of names on the left ({found['a']}) differs from the number of values on the "
        "right, which is larger."
    )


def layers_for_parameters(found: re.Match[str], crash: Crash) -> str:
    """An optimizer that got a model or its layers."""
    owners = (name for name, text in crash.values if text.startswith("module"))
    model = next(owners, "model")
    layer = found["name"].rpartition(".")[2]
    return (
        f"The optimizer takes parameters, and it got layers (a {layer} is one of them): give it "
        f"{model}.parameters() and not {model} itself."
    )


def module_called(_: re.Match[str], crash: Crash) -> str:
    """A module of Python's that is called, where something of the same name in it was meant."""
    used = re.search(r"\b(tqdm|glob|time|random|datetime|copy|pprint)\(", line_of(crash))
    if used:
        name = used[1]
        return (
            f"{name} is a module here, and what you mean is in it: from {name} import {name}, or "
            f"{name}.{name}(…)."
        )
    return (
        "What stands before the parentheses is a module, and a module can't be called: name the "
        "function or class in it that you mean."
    )


def no_state_dict(found: re.Match[str], crash: Crash) -> str:
    """A path, or a whole model, where saved values are needed."""
    if found["kind"] == "str":
        path = re.search(r"load_state_dict\((['\"][^'\"]{1,60}['\"])", line_of(crash))
        name = path[1] if path else "path"
        return (
            f"load_state_dict takes the saved values, and not the path of their file: "
            f"load_state_dict(torch.load({name}))."
        )
    return (
        f"load_state_dict takes a dictionary of saved values, and got something of class "
        f"{found['kind']}; model.state_dict() is such a dictionary."
    )
