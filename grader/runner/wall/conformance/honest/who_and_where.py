# Asks for user, home, host, processors and time.
# outcome: ok

import getpass
import locale
import os
import pathlib
import platform
import socket
import time

print(
    getpass.getuser(),
    pathlib.Path.home(),
    socket.gethostname(),
    os.cpu_count(),
    len(os.sched_getaffinity(0)),
)
print(platform.platform(), platform.processor(), platform.node(), time.tzname, locale.getlocale())
pathlib.Path.home().joinpath(".cache").mkdir()
os.nice(1)
print("fine")
