# Has itself interrupted again and again, to raise in the middle of what the grader does at the end.
# outcome: crashed or forbidden or ok
# graded: script
# earns: learning_rate loss_call

import signal
import time

@bugged_loop@

time.sleep(0.3)
model(images)  # what was recorded so far is sent now and then


def interrupt(number, frame):
    raise KeyboardInterrupt


signal.signal(signal.SIGALRM, interrupt)
signal.setitimer(signal.ITIMER_REAL, 0.001, 0.0005)
