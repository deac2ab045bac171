# Asks for a file handle and opens it, which passes by every folder on the way.
# outcome: ok

import ctypes
import os


def attempt(route, action):
    try:
        print("REACHED", route, action())
    except Exception as error:
        print("refused", route, type(error).__name__)


libc = ctypes.CDLL(None, use_errno=True)
handle = ctypes.create_string_buffer(8 + 128)
handle.raw = (128).to_bytes(4, "little") + bytes(132)
mount = ctypes.c_int()


def by_handle():
    if libc.name_to_handle_at(-100, b"@secret@", handle, ctypes.byref(mount), 0):
        raise OSError(ctypes.get_errno(), "name_to_handle_at")
    fd = libc.open_by_handle_at(os.open("/", os.O_PATH), handle, os.O_RDONLY)
    if fd < 0:
        raise OSError(ctypes.get_errno(), "open_by_handle_at")
    return os.read(fd, 100)


attempt("handle", by_handle)
