"""Things that are found in a folder of the package and not registered anywhere."""

from __future__ import annotations

import pkgutil
from collections.abc import Iterable


def names_in(path: Iterable[str]) -> tuple[str, ...]:
    """The modules of a package by the names that people type, sorted; nothing is imported."""
    return tuple(sorted(each.name.replace("_", "-") for each in pkgutil.iter_modules(path)))


def module_name(package: str, name: str) -> str:
    """The module that stands behind such a name."""
    return f"{package}.{name.replace('-', '_')}"
