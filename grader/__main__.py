"""``python -m grader`` is ``grade``."""

import sys

if not sys.flags.safe_path:
    # The folder we stand in comes first, and may be a student's: a json.py in it must not be
    # taken for the standard library's, here where nothing of a student is ever run.
    del sys.path[0]

from grader.cli import entry  # see above

if __name__ == "__main__":
    entry()
