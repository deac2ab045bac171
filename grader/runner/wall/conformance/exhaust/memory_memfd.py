# Takes memory as anonymous files.
# outcome: crashed PermissionError
# limits: {"memory_bytes": 268435456}

import os

for number in range(20):
    fd = os.memfd_create(f"m{number}")
    os.write(fd, bytes(64 << 20))
print("REACHED 1.2 GB in memory files")
