# Sleeps for ever, which uses no processor time.
# outcome: timed_out
# limits: {"wall_s": 0.4}

import time

time.sleep(10_000)
