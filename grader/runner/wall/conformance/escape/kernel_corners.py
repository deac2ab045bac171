# Uses calls that have been ways out of sandboxes.
# outcome: ok

import ctypes
import os


def attempt(route, action):
    try:
        print("REACHED", route, action())
    except Exception as error:
        print("refused", route, type(error).__name__)


libc = ctypes.CDLL(None, use_errno=True)
buffer = ctypes.create_string_buffer(256)


def check(value):
    if value == -1:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return value


for name, number in {
    "bpf": int("@nr_bpf@"),
    "userfaultfd": int("@nr_userfaultfd@"),
    "io_uring": int("@nr_io_uring_setup@"),
    "perf": int("@nr_perf_event_open@"),
    "keyctl": int("@nr_keyctl@"),
    "add_key": int("@nr_add_key@"),
    "personality": int("@nr_personality@"),
    "mount": int("@nr_mount@"),
    "pivot_root": int("@nr_pivot_root@"),
    "open_tree": int("@nr_open_tree@"),
    "fsopen": int("@nr_fsopen@"),
    "kexec": int("@nr_kexec_load@"),
    "init_module": int("@nr_init_module@"),
    "syslog": int("@nr_syslog@"),
    "kcmp": int("@nr_kcmp@"),
    "seccomp": int("@nr_seccomp@"),
    "move_pages": int("@nr_move_pages@"),
    "too new": 460 + 100,
}.items():
    attempt(name, lambda: check(libc.syscall(number, buffer, 0, 0, 0, 0, 0)))
