# Starts processes with clone, clone3 and vfork by number, and new namespaces.
# outcome: ok

import ctypes
import os
import signal


def attempt(route, action):
    try:
        print("REACHED", route, action())
    except Exception as error:
        print("refused", route, type(error).__name__)


libc = ctypes.CDLL(None, use_errno=True)


def check(value):
    if value == -1:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    if value == 0:
        os._exit(0)
    return value


attempt("clone", lambda: check(libc.syscall(int("@nr_clone@"), signal.SIGCHLD, 0, 0, 0, 0)))
attempt(
    "clone user",
    lambda: check(libc.syscall(int("@nr_clone@"), signal.SIGCHLD | 0x10000000, 0, 0, 0, 0)),
)
args = (ctypes.c_uint64 * 11)(0, 0, 0, 0, signal.SIGCHLD)
attempt("clone3", lambda: check(libc.syscall(int("@nr_clone3@"), args, 88)))
for name, flag in (
    ("user", 0x10000000),
    ("net", 0x40000000),
    ("mount", 0x20000),
    ("pid", 0x20000000),
):
    attempt("unshare " + name, lambda: check(libc.unshare(flag) or 1))
attempt("setns", lambda: check(libc.setns(os.open("/proc/self/ns/net", os.O_RDONLY), 0) or 1))
