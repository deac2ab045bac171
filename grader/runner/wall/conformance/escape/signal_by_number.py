# Sends signals with the calls that Python doesn't offer.
# outcome: ok

import ctypes
import os


def attempt(route, action):
    try:
        print("REACHED", route, action())
    except Exception as error:
        print("refused", route, type(error).__name__)


libc = ctypes.CDLL(None, use_errno=True)


def check(value):
    if value == -1:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return value


info = ctypes.create_string_buffer(128)
parent = os.getppid()
attempt("tkill", lambda: check(libc.syscall(int("@nr_tkill@"), parent, 18)))
attempt("tgkill", lambda: check(libc.syscall(int("@nr_tgkill@"), parent, parent, 18)))
attempt("queue", lambda: check(libc.syscall(int("@nr_rt_sigqueueinfo@"), parent, 18, info)))
attempt(
    "thread queue",
    lambda: check(libc.syscall(int("@nr_rt_tgsigqueueinfo@"), parent, parent, 18, info)),
)
