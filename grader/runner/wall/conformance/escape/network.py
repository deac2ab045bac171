# Connects, sends datagrams, listens and looks up names.
# outcome: ok

import socket
import urllib.request


def attempt(route, action):
    try:
        print("REACHED", route, action())
    except Exception as error:
        print("refused", route, type(error).__name__)


attempt(
    "tcp", lambda: socket.create_connection(("127.0.0.1", int("@tcp_port@")), 2).sendall(b"hello")
)
attempt(
    "udp",
    lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(
        b"hello", ("127.0.0.1", int("@udp_port@"))
    ),
)
attempt("tcp6", lambda: socket.create_connection(("::1", int("@tcp_port@")), 2))
attempt("raw", lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, 1))
attempt("packet", lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW))
attempt("netlink", lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW))
attempt("vsock", lambda: socket.socket(40, socket.SOCK_STREAM))
attempt("crypto", lambda: socket.socket(38, socket.SOCK_SEQPACKET))
attempt("listen", lambda: socket.create_server(("127.0.0.1", 0)))
attempt("name", lambda: socket.getaddrinfo("example.org", 80))
attempt("url", lambda: urllib.request.urlopen("http://127.0.0.1:@tcp_port@/", timeout=2).read())
