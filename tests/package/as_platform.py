"""Become what a platform's job is, for good, then run its command.

``python as_platform.py root|user COMMAND …``: root as in a container without namespaces, or
an ordinary user without them.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "wall"))

import at_level  # type: ignore[import-not-found]

if __name__ == "__main__":
    if sys.argv[1] == "root":
        at_level.be_in_a_container()
    else:
        at_level.be_somebody()
        at_level.refuse_namespaces()
    os.execvp(sys.argv[2], sys.argv[2:])
