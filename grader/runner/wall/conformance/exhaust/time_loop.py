# Loops for ever.
# outcome: timed_out
# limits: {"wall_s": 0.7}

while True:
    pass
