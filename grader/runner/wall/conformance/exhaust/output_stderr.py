# Writes to the error stream's descriptor without end.
# outcome: output_limit
# limits: {"output_bytes": 1048576}

import os

while True:
    os.write(2, b"y" * 60_000)
