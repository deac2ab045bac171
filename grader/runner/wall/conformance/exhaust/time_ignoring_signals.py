# Ignores every signal that can be ignored, and all exceptions.
# outcome: timed_out
# limits: {"wall_s": 0.4}

import signal
import time

for number in range(1, 65):
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        pass
while True:
    try:
        time.sleep(1)
    except BaseException:
        pass
