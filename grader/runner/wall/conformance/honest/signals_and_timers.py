# Handles an alarm and signals of its own.
# outcome: ok

import signal
import threading

got = []
signal.signal(signal.SIGALRM, lambda *_: got.append("alarm"))
signal.setitimer(signal.ITIMER_REAL, 0.05)
signal.pause()
signal.signal(signal.SIGUSR1, lambda *_: got.append("user"))
signal.raise_signal(signal.SIGUSR1)
threading.Timer(0.01, lambda: got.append("timer")).start()
for thread in threading.enumerate():
    if thread is not threading.current_thread():
        thread.join()
assert sorted(got) == ["alarm", "timer", "user"], got
print("fine")
