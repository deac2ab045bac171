# Writes one file without end.
# outcome: crashed OSError or forbidden
# limits: {"disk_bytes": 33554432}

with open("big.bin", "wb") as file:
    while True:
        file.write(bytes(1 << 20))
