# Forks hundreds of times.
# outcome: ok

import os

count = 0
for _ in range(500):
    try:
        if os.fork() == 0:
            os._exit(0)
        count += 1
    except OSError:
        pass
if count:
    print("REACHED", count)
