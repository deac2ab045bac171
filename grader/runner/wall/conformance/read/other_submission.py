# Reads the folder where another submission runs, found by its name's pattern.
# outcome: ok

import os
import tempfile


def attempt(route, action):
    try:
        print("REACHED", route, action())
    except Exception as error:
        print("refused", route, type(error).__name__)


def others(folder):
    """The names in a folder but those on the way to its own."""
    found = [name for name in os.listdir(folder) if name not in os.getcwd().split("/")]
    return found or 1 / 0


for folder in {"/tmp", os.path.dirname(os.getcwd()), "@neighbour@"}:
    attempt(folder, lambda: others(folder))
attempt("file", lambda: open("@neighbour@/answer.py").read())
