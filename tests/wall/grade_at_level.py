"""The whole command at one privilege level: ``python grade_at_level.py LEVEL ARGUMENT …``."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from at_level import take_level  # type: ignore[import-not-found]

from grader.cli import main

if __name__ == "__main__":
    policy = take_level(sys.argv[1])
    sys.exit(main([*sys.argv[2:], *(["--isolation", "none"] if policy == "none" else [])]))
