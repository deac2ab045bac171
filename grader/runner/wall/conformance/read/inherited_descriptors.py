# Looks for a descriptor that was left open, and through a folder's.
# outcome: ok

import os

for fd in range(3, 1024):
    try:
        target = os.readlink(f"/proc/self/fd/{fd}")
    except OSError:
        continue
    if "@secret_folder@" in target or os.path.isdir(f"/proc/self/fd/{fd}/.."):
        print("REACHED", fd, target)
