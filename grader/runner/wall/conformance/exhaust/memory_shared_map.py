# Takes shared anonymous memory, which some limits don't count.
# outcome: out_of_memory or crashed OSError
# limits: {"memory_bytes": 268435456}

import mmap

held = []
while True:
    piece = mmap.mmap(-1, 32 << 20)
    piece.write(bytes(32 << 20))
    held.append(piece)
