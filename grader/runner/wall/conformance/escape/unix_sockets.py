# Reaches sockets of the machine by path and by abstract name.
# outcome: ok

import socket


def attempt(route, action):
    try:
        print("REACHED", route, action())
    except Exception as error:
        print("refused", route, type(error).__name__)


for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
    attempt("path", lambda: socket.socket(socket.AF_UNIX, kind).connect("@unix_socket@"))
    attempt("abstract", lambda: socket.socket(socket.AF_UNIX, kind).connect("\0@abstract_socket@"))
attempt("bind", lambda: socket.socket(socket.AF_UNIX).bind("mine.sock"))
attempt(
    "datagram pair",
    lambda: socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)[0].sendto(
        b"hello", "@unix_datagram@"
    ),
)
attempt(
    "sequence pair",
    lambda: socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)[0].sendto(
        b"hello", "@unix_datagram@"
    ),
)
left, right = socket.socketpair()
attempt("sendto", lambda: left.sendto(b"hello", "@unix_datagram@"))
attempt("sendmsg", lambda: left.sendmsg([b"hello"], [], 0, "@unix_datagram@"))
attempt("connect", lambda: left.connect("@unix_socket@"))
