# Starts programs in every way that Python knows.
# outcome: ok

import os
import subprocess
import sys
import pty
import multiprocessing


def attempt(route, action):
    try:
        print("REACHED", route, action())
    except Exception as error:
        print("refused", route, type(error).__name__)


attempt("run", lambda: subprocess.run(["/bin/echo", "hello"], check=True))
attempt("shell", lambda: subprocess.check_output("id", shell=True))
attempt("spawn", lambda: os.posix_spawn("/bin/echo", ["echo"], {}))
attempt("execv", lambda: os.execv(sys.executable, [sys.executable, "-c", "print('REACHED exec')"]))
attempt(
    "execve by descriptor",
    lambda: os.execve(os.open("/bin/sh", os.O_RDONLY), ["sh", "-c", "echo REACHED"], {}),
)
attempt("pty", lambda: pty.fork())
attempt("popen", lambda: os.popen("id").read() or 1 / 0)
print("system", os.system("echo REACHED the shell"))
attempt(
    "multiprocessing", lambda: multiprocessing.get_context("fork").Process(target=print).start()
)
attempt("spawned", lambda: multiprocessing.get_context("spawn").Process(target=print).start())
