# Writes many files, each below the limit of a file.
# outcome: crashed OSError or forbidden
# limits: {"disk_bytes": 33554432}

number = 0
while True:
    number += 1
    with open(f"file{number}.bin", "wb") as file:
        file.write(bytes(4 << 20))
