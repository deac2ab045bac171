# Leaves a message for the next submission in shared memory.
# outcome: ok

import ctypes
import os
from multiprocessing import shared_memory


def attempt(route, action):
    try:
        print("REACHED", route, action())
    except Exception as error:
        print("refused", route, type(error).__name__)


attempt("file", lambda: open("/dev/shm/message", "w").write("hello"))
attempt("python", lambda: shared_memory.SharedMemory("message", create=True, size=100))
libc = ctypes.CDLL(None, use_errno=True)


def check(value):
    if value == -1:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return value


attempt("system v", lambda: check(libc.shmget(4711, 4096, 0o1666)))
attempt("semaphore", lambda: check(libc.semget(4711, 1, 0o1666)))
attempt("message", lambda: check(libc.msgget(4711, 0o1666)))
attempt("queue", lambda: check(libc.mq_open(b"/message", 0o102, 0o666, None)))
attempt("named semaphore", lambda: libc.sem_open(b"/message", 0o102, 0o666, 1) or 1 / 0)
