# Sends a descriptor to the other side of a socket.
# outcome: crashed PermissionError

import socket

left, right = socket.socketpair()
socket.send_fds(left, [b"take"], [0])
