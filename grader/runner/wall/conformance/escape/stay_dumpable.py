# Makes itself traceable and deaf to its parent's death.
# outcome: ok

import ctypes
import os


def attempt(route, action):
    try:
        print("REACHED", route, action())
    except Exception as error:
        print("refused", route, type(error).__name__)


libc = ctypes.CDLL(None, use_errno=True)


def prctl(*arguments):
    if libc.prctl(*arguments) == -1:
        raise OSError(ctypes.get_errno(), "prctl")
    return arguments


attempt("dumpable", lambda: prctl(4, 1, 0, 0, 0))
attempt("parent's death", lambda: prctl(1, 0, 0, 0, 0))
attempt("seccomp", lambda: prctl(22, 1, 0, 0, 0))
