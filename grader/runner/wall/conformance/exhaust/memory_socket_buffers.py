# Fills socket pairs, as many as it may open.
# outcome: ok
# limits: {"memory_bytes": 268435456}

import socket

held, pairs = 0, []
try:
    while True:
        pair = socket.socketpair()
        pairs.append(pair)
        for one in pair:
            one.setblocking(False)
            try:
                while True:
                    held += one.send(bytes(1 << 16))
            except BlockingIOError:
                pass
except OSError as error:
    print(error, held)
if held > 300 << 20:
    print("REACHED", held)
