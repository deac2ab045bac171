# Writes into Python's own library, site-packages and the grader's package.
# outcome: ok

import os
import site
import sys


def attempt(route, action):
    try:
        print("REACHED", route, action())
    except Exception as error:
        print("refused", route, type(error).__name__)


for folder in {os.path.dirname(os.__file__), *site.getsitepackages(), sys.prefix, sys.base_prefix, *sys.path}:
    if folder and folder != os.getcwd():
        attempt(folder, lambda: open(os.path.join(folder, "sitecustomize.py"), "w").write("import os"))
attempt("os.py", lambda: open(os.__file__, "a").write("# changed"))
