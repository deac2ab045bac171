# Makes the kernel send a signal of its choice to the parent when a pipe gets data.
# outcome: ok

import fcntl
import os
import socket
import struct


def attempt(route, action):
    try:
        print("REACHED", route, action())
    except Exception as error:
        print("refused", route, type(error).__name__)


left, right = socket.socketpair()
attempt("signal", lambda: fcntl.fcntl(left, 10, 18))
attempt("owner", lambda: fcntl.fcntl(left, fcntl.F_SETOWN, os.getppid()))
attempt("owner ex", lambda: fcntl.fcntl(left, 15, struct.pack("ii", 1, os.getppid())))
attempt("ioctl", lambda: fcntl.ioctl(left, 0x8901, struct.pack("i", os.getppid())))
attempt("socket ioctl", lambda: fcntl.ioctl(left, 0x8902, struct.pack("i", os.getppid())))
fcntl.fcntl(left, fcntl.F_SETFL, os.O_ASYNC | os.O_NONBLOCK)
right.send(b"x")
