# Lowers the limits, priority and processors of the process that grades.
# outcome: ok

import ctypes
import os
import resource


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


for pid in (os.getppid(), int("@grader_pid@")):
    attempt("prlimit", lambda: resource.prlimit(pid, resource.RLIMIT_NOFILE, (512, 512)))
    attempt("read limits", lambda: resource.prlimit(pid, resource.RLIMIT_NOFILE))
    attempt("affinity", lambda: os.sched_setaffinity(pid, {0}))
    attempt("nice", lambda: os.setpriority(os.PRIO_PROCESS, pid, 1))
    attempt("batch", lambda: os.sched_setscheduler(pid, os.SCHED_IDLE, os.sched_param(0)))
    attempt("io priority", lambda: check(libc.syscall(int("@nr_ioprio_set@"), 1, pid, 3 << 13)))
attempt("all of the user", lambda: os.setpriority(os.PRIO_USER, 0, 0))
attempt("all of the group", lambda: os.setpriority(os.PRIO_PGRP, 0, 0))
