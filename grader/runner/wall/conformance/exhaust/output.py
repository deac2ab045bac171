# Prints without end.
# outcome: output_limit
# limits: {"output_bytes": 1048576}

while True:
    print("x" * 10_000)
