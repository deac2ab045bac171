# Kills itself with the signal that the grader uses.
# outcome: crashed SIGKILL

import os
import signal

os.kill(os.getpid(), signal.SIGKILL)
