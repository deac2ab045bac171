# Leaves its session, so that it outlives the grading.
# outcome: crashed PermissionError or BlockingIOError

import os
import time

if os.fork():
    os._exit(0)
os.setsid()
if os.fork():
    os._exit(0)
time.sleep(20)
