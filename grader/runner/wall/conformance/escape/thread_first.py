# Tries from a thread what the main thread may not.
# outcome: ok

import os
import threading


def attempt(route, action):
    try:
        print("REACHED", route, action())
    except Exception as error:
        print("refused", route, type(error).__name__)


def body():
    attempt("read", lambda: open("@secret@").read())
    attempt("fork", os.fork)
    attempt("write", lambda: open("@outside@/precious.txt", "w"))
    attempt("kill", lambda: os.kill(os.getppid(), 0))


thread = threading.Thread(target=body)
thread.start()
thread.join()
