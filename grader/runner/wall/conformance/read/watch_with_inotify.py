# Watches folders outside, to learn what the grader opens and when.
# outcome: ok

import ctypes
import os


def attempt(route, action):
    try:
        print("REACHED", route, action())
    except Exception as error:
        print("refused", route, type(error).__name__)


libc = ctypes.CDLL(None, use_errno=True)


def watch(path):
    fd = libc.inotify_init()
    if fd < 0:
        raise OSError(ctypes.get_errno(), "inotify_init")
    if libc.inotify_add_watch(fd, path, 0xFFF) < 0:
        raise OSError(ctypes.get_errno(), "inotify_add_watch")
    return fd


attempt("secret", lambda: watch(b"@secret_folder@"))
attempt("tmp", lambda: watch(b"/tmp"))
attempt("fanotify", lambda: open(libc.fanotify_init(0, 0)))
