# Takes System V shared memory.
# outcome: ok
# limits: {"memory_bytes": 268435456}

import ctypes

libc = ctypes.CDLL(None, use_errno=True)
got = [libc.shmget(0, 64 << 20, 0o1600) for _ in range(8)]
if any(one != -1 for one in got):
    print("REACHED", got)
