# Forks without end.
# outcome: ok

import os

count = 0
for _ in range(2000):
    try:
        if os.fork() == 0:
            while True:
                os.fork()
        count += 1
    except OSError:
        pass
if count:
    print("REACHED", count)
