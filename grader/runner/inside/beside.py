"""What lies beside a script of one's own: the modules that it imports, and the folders it reads.

Runs in the student's process, behind the wall. The script's own folder is not shown to it: what
Python can import from there was read on the other side, and is laid anew in the working folder,
where everything may be written. Folders that were named are read where they are; links lead to
them from where the script looks.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Mapping

BELOW = "of/one/project"
"""Where a script is started, below its working folder: what it makes at ../../data has a place."""
MOST_LINKS = 2000
"""Of the entries of one folder that is shown in the place of the working folder itself."""


def lay(
    script: str,
    modules: Mapping[str, str],
    links: Mapping[str, str],
    files: dict[str, tuple[str, int | None]],
) -> None:
    """Go some folders down, write the modules, make the links, and let ``import`` find both.

    Args:
        script: the name of the script itself, whose text is laid by itself.
        modules: path beside the script → text.
        links: path beside the script → the folder that it is to lead to.
        files: takes the file name that each module is compiled under, and the name to show.
    """
    os.makedirs(BELOW)
    os.chdir(BELOW)
    here = os.getcwd()
    own = os.path.join(here, script)
    for name, text in modules.items():
        path = os.path.join(here, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8", errors="surrogatepass") as file:
            file.write(text)
        files[path] = (name, None)
    for name, target in links.items():
        path = os.path.normpath(os.path.join(here, name))
        pairs = _entries(here, target) if path == here else [(path, target)]
        for place, wanted in pairs:
            if place != own:
                _link(place, wanted)
    sys.path.insert(0, here)


def _entries(here: str, target: str) -> list[tuple[str, str]]:
    """For a folder in the place of the working folder itself: each of its entries, and where."""
    try:
        names = sorted(os.listdir(target))[:MOST_LINKS]
    except OSError:  # it may be read and not be listed
        return []
    return [(os.path.join(here, name), os.path.join(target, name)) for name in names]


def _link(path: str, target: str) -> None:
    if os.path.lexists(path):
        return
    with contextlib.suppress(OSError):  # a name that lies outside of what may be written
        os.makedirs(os.path.dirname(path), exist_ok=True)
        os.symlink(target, path)
