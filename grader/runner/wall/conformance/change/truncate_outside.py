# Truncates a file by path, and by opening it to read only.
# outcome: ok

import os


def attempt(route, action):
    try:
        print("REACHED", route, action())
    except Exception as error:
        print("refused", route, type(error).__name__)


attempt("truncate", lambda: os.truncate("@outside@/precious.txt", 0))
attempt("open", lambda: os.open("@outside@/precious.txt", os.O_RDONLY | os.O_TRUNC))
attempt("library", lambda: os.truncate(os.__file__, os.path.getsize(os.__file__)))
