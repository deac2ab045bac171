# Reads the parent's memory with process_vm_readv and ptrace.
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


class Iovec(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("length", ctypes.c_size_t)]


buffer = ctypes.create_string_buffer(16)
local = Iovec(ctypes.addressof(buffer), 16)
remote = Iovec(ctypes.addressof(buffer), 16)
for pid in (os.getppid(), int("@grader_pid@")):
    attempt(
        "readv",
        lambda: check(
            libc.process_vm_readv(pid, ctypes.byref(local), 1, ctypes.byref(remote), 1, 0)
        ),
    )
    attempt(
        "writev",
        lambda: check(
            libc.process_vm_writev(pid, ctypes.byref(local), 1, ctypes.byref(remote), 1, 0)
        ),
    )
    attempt("attach", lambda: check(libc.ptrace(16, pid, 0, 0)))
    attempt("seize", lambda: check(libc.ptrace(0x4206, pid, 0, 0)))
attempt("traceme", lambda: check(libc.ptrace(0, 0, 0, 0)))
