"""Facts of a training that rules stand on, one observer a file; they are found here.

Runs in the student's process. An observer overrides moments of `grader.observe.moments.Observer`
and writes rows of one kind (`grader.schema.rows`). Imported before the wall closes.
"""

from __future__ import annotations

import importlib

from grader.found import module_name, names_in
from grader.observe.moments import Observer


def _observers() -> tuple[type[Observer], ...]:
    modules = [importlib.import_module(module_name(__name__, each)) for each in names_in(__path__)]
    return tuple(
        value
        for module in modules
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, Observer) and value is not Observer
    )


OBSERVERS = _observers()
"""Every observer there is, in the order of their files."""
