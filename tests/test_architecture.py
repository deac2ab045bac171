"""The shape of the house: who imports whom, and what is never loaded where."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "grader"

DEAR = ("torch", "torchvision", "numpy", "jinja2", "nbformat", "yaml", "IPython", "pytest")
"""What `grade --help` must not wait for."""

CALLS_ON_LOADING = ("pickle", "cPickle", "_pickle", "dill", "cloudpickle", "joblib", "shelve")
"""Modules whose format runs code of the sender when it is read."""

RULES_MAY_IMPORT = ("grader.model", "grader.schema", "grader.trace", "grader.rules")


def modules(folder: Path) -> Iterator[tuple[str, ast.Module]]:
    """Every module below a folder of the package with its dotted name."""
    for path in sorted(folder.rglob("*.py")):
        if "conformance" in path.parts:
            continue  # hostile programs, on purpose
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        yield name, ast.parse(path.read_text(encoding="utf-8"))


def imported(tree: ast.Module) -> Iterator[str]:
    """The dotted names that a module imports, wherever in it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            for alias in node.names:
                yield f"{node.module}.{alias.name}"


def within(name: str, packages: tuple[str, ...]) -> bool:
    """Whether a dotted name is one of the packages or lies in one."""
    return any(name == package or name.startswith(f"{package}.") for package in packages)


def loaded_after(code: str) -> set[str]:
    """The top-level modules that a fresh interpreter has loaded after running code."""
    report = (
        "import json, sys; json.dump(sorted({n.split('.')[0] for n in sys.modules}), sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\n{report}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return set(json.loads(done.stderr))


def test_import_contracts() -> None:
    """Every import goes down the street, and no module stands outside the contracts."""
    done = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_rules_import_the_model_and_the_trace_alone() -> None:
    """A rule imports the standard library, the model, the trace's records, and other rules."""
    for name, tree in modules(PACKAGE / "rules"):
        if name == "grader.rules.__init__":
            continue  # finds the rules, and is none
        for target in imported(tree):
            allowed = target.split(".")[0] in sys.stdlib_module_names
            assert allowed or within(target, RULES_MAY_IMPORT), f"{name} imports {target}"


def test_no_module_can_unpickle() -> None:
    """No module of the grader imports pickle or anything built on it."""
    for name, tree in modules(PACKAGE):
        for target in imported(tree):
            assert not within(target, CALLS_ON_LOADING), f"{name} imports {target}"


def test_arrays_are_loaded_without_pickle() -> None:
    """Each call of numpy.load says allow_pickle=False, and torch.load is called nowhere."""
    for name, tree in modules(PACKAGE):
        for node in ast.walk(tree):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            called = ast.unparse(node.func)
            assert called != "torch.load", f"{name}:{node.lineno} calls torch.load"
            if called in {"np.load", "numpy.load"}:
                said = {keyword.arg: ast.unparse(keyword.value) for keyword in node.keywords}
                assert said.get("allow_pickle") == "False", f"{name}:{node.lineno} {called}"


IMPORT_THE_COMMAND = "import grader.cli"

PRINT_ITS_HELP = """
import contextlib, io, grader.cli
with contextlib.suppress(SystemExit), contextlib.redirect_stdout(io.StringIO()):
    grader.cli.main(["--help"])
"""


@pytest.mark.parametrize("code", [IMPORT_THE_COMMAND, PRINT_ITS_HELP], ids=["import", "help"])
def test_help_waits_for_nothing_dear(code: str) -> None:
    """Importing the command, and printing its help, load none of the large packages."""
    assert loaded_after(code) & set(DEAR) == set()


def test_model_and_errors_stand_alone() -> None:
    """The nouns and the exceptions need the standard library and each other."""
    for name, tree in modules(PACKAGE):
        if within(name, ("grader.model", "grader.errors")):
            for target in imported(tree):
                top = target.split(".")[0]
                assert top in sys.stdlib_module_names or within(target, ("grader.model",)), target


def test_trusted_process_never_imports_torch(tmp_path: Path) -> None:
    """A whole grading loads torch in the processes behind the zygote and not in the command's."""
    output = tmp_path / "result.json"
    arguments = ["examples/debug_loop_repaired.py", "--exercise", "debug_loop"]
    arguments += ["--format", "json", "--output", str(output), "--no-progress"]
    code = (
        "import os, sys\nsys.stderr, kept = open(os.devnull, 'w'), sys.stderr\n"
        f"import grader.cli\ngrader.cli.main({arguments!r})\nsys.stderr = kept"
    )
    loaded = loaded_after(code)
    assert json.loads(output.read_text(encoding="utf-8"))["outcome"] == "ok"
    assert loaded & {"torch", "torchvision"} == set()


def documents() -> list[Path]:
    """The project's own pages: at the top, below docs/, and beside the data."""
    return sorted(
        [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *ROOT.glob("datasets/*/*.md")]
    )


@pytest.mark.parametrize("page", documents(), ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    """Every relative link of a page names a file of the project."""
    for target in re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), f"{page.name} links to {target}"
