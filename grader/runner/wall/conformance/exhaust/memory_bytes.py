# Takes memory in ever larger pieces.
# outcome: out_of_memory
# limits: {"memory_bytes": 268435456}

held = []
while True:
    held.append(bytearray(32 << 20))
