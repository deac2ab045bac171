# Starts a process.
# outcome: crashed PermissionError or BlockingIOError

import os

if os.fork() == 0:
    print("REACHED a child", os.getpid(), flush=True)
    os._exit(0)
os.wait()
