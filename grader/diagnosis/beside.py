"""The Python files beside a script: what it may import without being asked.

Read on the trusted side and neither parsed nor run. The script's own folder may be anybody's home,
with keys and marks in it; so it isn't shown to the script's process, and what Python can import
from there is handed over as text.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from grader.errors import BadSubmission
from grader.submission import MAX_CODE_BYTES, Unrunnable, python_text

MAX_MODULES, MAX_DEPTH, MAX_ENTRIES = 400, 5, 2000
"""Files that are taken, levels of folders that are looked into, entries of one of them."""
SUFFIX = ".py"
NO_MODULES = frozenset(("__pycache__", "node_modules", "venv", "env"))


def local_modules(path: Path) -> tuple[dict[str, str], list[str]]:
    """The Python files beside a script, which it may import, and sentences on what is left out.

    Its own folder first, then what lies deeper; hidden folders, environments and links are passed
    over. What isn't text is left out without a word: nothing could import it.

    Returns:
        Path below the script's folder → text. At most `MAX_MODULES` files, `MAX_CODE_BYTES` in all.
    """
    folder, texts, size = path.resolve().parent, dict[str, str](), 0
    for file in _python_files(folder):
        if file == path.resolve():
            continue
        size += file.stat().st_size
        if len(texts) == MAX_MODULES or size > MAX_CODE_BYTES:
            note = (
                f"Of the Python files beside {path.name} only the first {len(texts)} can be "
                "imported: there are more than a script's own modules. Put it in a folder with "
                "the modules that it needs."
            )
            return texts, [note]
        name = file.relative_to(folder).as_posix()
        with contextlib.suppress(OSError, BadSubmission, Unrunnable):
            texts[name] = python_text(file.read_bytes(), name)
    return texts, []


def _python_files(folder: Path) -> Iterator[Path]:
    """Breadth first, in order; what can't be read is passed over."""
    level = [folder]
    for _ in range(MAX_DEPTH):
        below: list[Path] = []
        for one in level:
            entries = _entries(one)
            yield from (entry for entry in entries if _is_module(entry))
            below += [entry for entry in entries if _may_hold_modules(entry)]
        level = below[:MAX_MODULES]


def _entries(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())[:MAX_ENTRIES]
    except OSError:
        return []


def _is_module(path: Path) -> bool:
    return path.suffix == SUFFIX and path.is_file() and not path.is_symlink()


def _may_hold_modules(path: Path) -> bool:
    """A folder whose name can stand in an import, and that is no environment."""
    named = path.name.isidentifier() and path.name not in NO_MODULES
    return named and path.is_dir() and not path.is_symlink() and not _is_environment(path)


def _is_environment(path: Path) -> bool:
    return (path / "pyvenv.cfg").exists()
