"""Who imports a module, and whether it provides for the case that there is none.

Told by the frames that are under way, not by a text: what decides is the handler that would really
be run.
"""

from __future__ import annotations

import dis
import types
from collections.abc import Callable
from typing import Any

IsOwn = Callable[[str], bool]
"""Whether a file name is one that the program's own text is compiled under."""

CATCHERS = frozenset(("ImportError", "ModuleNotFoundError", "Exception", "BaseException"))
HANDLER = 6
"""Instructions of a handler within which it names what it catches."""


def importer(frame: types.FrameType | None, is_own: IsOwn) -> types.FrameType | None:
    """The program's frame that asks for a module; None where a library does, or only looks."""
    while frame is not None:
        module = str(frame.f_globals.get("__name__", ""))
        if module == "importlib.util" or module.startswith("pkgutil"):
            return None  # it asks whether there is one
        ours = module.startswith(("grader.", "importlib"))
        if not ours:
            return frame if is_own(frame.f_code.co_filename) else None
        frame = frame.f_back
    return None


def is_provided_for(frame: types.FrameType | None, is_own: IsOwn) -> bool:
    """Whether an ImportError raised in this frame would be caught by the program itself."""
    while frame is not None:
        if is_own(frame.f_code.co_filename) and _catches(frame.f_code, frame.f_lasti):
            return True
        frame = frame.f_back
    return False


def _catches(code: types.CodeType, at: int) -> bool:
    """Whether the handler of the instruction ``at`` takes an ImportError."""
    bytecode: Any = dis.Bytecode(code)
    target = next(
        (entry.target for entry in bytecode.exception_entries if entry.start <= at < entry.end),
        None,
    )
    if target is None:
        return False
    handler = [each for each in bytecode if each.offset >= target][:HANDLER]
    names = {each.argval for each in handler if each.opname in ("LOAD_NAME", "LOAD_GLOBAL")}
    if any(each.opname == "CHECK_EXC_MATCH" for each in handler):
        return bool(names & CATCHERS)
    # `except:` drops the exception first; `finally` and `with` raise it again.
    return len(handler) > 1 and handler[1].opname == "POP_TOP"
