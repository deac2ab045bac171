# Reads through libraries that open files in C.
# outcome: ok
# needs: torch

import linecache
import mmap
import tokenize
import zipimport
import sqlite3
import ctypes
import numpy


def attempt(route, action):
    try:
        print("REACHED", route, action())
    except Exception as error:
        print("refused", route, type(error).__name__)


attempt("numpy", lambda: numpy.fromfile("@secret@", dtype="u1").tobytes())
attempt("memmap", lambda: bytes(numpy.memmap("@secret@", mode="r")))
attempt("loadtxt", lambda: numpy.loadtxt("@secret@", dtype=str))


def by_stdio():
    libc = ctypes.CDLL(None)
    libc.fopen.restype = ctypes.c_void_p
    file = libc.fopen(b"@secret@", b"r")
    if not file:
        raise OSError("fopen")
    text = ctypes.create_string_buffer(200)
    libc.fgets(text, 200, ctypes.c_void_p(file))
    return text.value


attempt("stdio", by_stdio)
attempt(
    "sqlite",
    lambda: (
        sqlite3.connect("file:@secret@?mode=ro", uri=True)
        .execute("select 1 from sqlite_master")
        .fetchall()
    ),
)
print("lines", linecache.getlines("@secret@"))
