# Loops for ever.
# outcome: timed_out
# limits: {"wall_s": 0.4}

while True:
    pass
