# Fills pipes made as large as they can be.
# outcome: ok
# limits: {"memory_bytes": 268435456}

import fcntl
import os

held = 0
enlarged = 0
try:
    while True:
        read, write = os.pipe()
        os.set_blocking(write, False)
        try:
            fcntl.fcntl(write, 1031, 1 << 20)
            enlarged += 1
        except OSError:
            pass
        try:
            while True:
                held += os.write(write, bytes(1 << 16))
        except BlockingIOError:
            pass
except OSError as error:
    print(error, held)
if enlarged or held > 128 << 20:
    print("REACHED", enlarged, held)
