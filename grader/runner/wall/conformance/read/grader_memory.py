# Looks for the grader's memory, environment and descriptors in /proc.
# outcome: ok

import os


def attempt(route, action):
    try:
        print("REACHED", route, action())
    except Exception as error:
        print("refused", route, type(error).__name__)


for pid in (os.getppid(), 1, "@grader_pid@"):
    for name in (
        "mem",
        "maps",
        "environ",
        "cmdline",
        "fd",
        "cwd",
        "task",
        "status",
        "stack",
        "auxv",
    ):
        path = f"/proc/{pid}/{name}"
        attempt(
            path, lambda: os.listdir(path) if os.path.isdir(path) else open(path, "rb").read(64)
        )
