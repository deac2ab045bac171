# Writes into Python's own library, site-packages and the grader's package.
# outcome: ok

import os
import site
import sys
import grader


def attempt(route, action):
    try:
        print("REACHED", route, action())
    except Exception as error:
        print("refused", route, type(error).__name__)


for folder in {
    os.path.dirname(os.__file__),
    *site.getsitepackages(),
    *grader.__path__,
    sys.prefix,
    sys.base_prefix,
}:
    attempt(
        folder, lambda: os.open(os.path.join(folder, "grade-was-here"), os.O_CREAT | os.O_WRONLY)
    )
for file in (os.__file__, grader.__file__):
    attempt(file, lambda: open(file, "a").close())
