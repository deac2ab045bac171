# Uses much memory, but less than the limit.
# outcome: ok

held = bytearray(600 << 20)
held[::4096] = b"x" * len(held[::4096])
print("fine")
