# Stays inside one call of C, where no signal handler of Python runs.
# outcome: timed_out
# limits: {"wall_s": 0.4}

import re

re.match(r"(a+)+$", "a" * 60 + "b")
