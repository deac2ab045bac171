# Leaves the process with exit code 0 after a faulty training.
# outcome: crashed
# graded: script
# earns: learning_rate loss_call

@bugged_loop@

import os
import time

time.sleep(0.3)
model(images)  # what was recorded so far is sent now and then
os._exit(0)
