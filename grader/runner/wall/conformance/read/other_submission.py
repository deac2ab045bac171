# Reads the folder where another submission runs, found by its name's pattern.
# outcome: ok

import os
import tempfile


def attempt(route, action):
    try:
        print("REACHED", route, action())
    except Exception as error:
        print("refused", route, type(error).__name__)


for folder in {"/tmp", os.path.dirname(os.getcwd()), "@neighbour@"}:
    attempt(folder, lambda: os.listdir(folder))
attempt("file", lambda: open("@neighbour@/answer.py").read())
