# A thread waits until the training is over and then writes on every descriptor.
# outcome: forbidden
# graded: script
# earns: learning_rate loss_call

import os
import threading
import time


def speak():
    time.sleep(0.1)
    while training:
        time.sleep(0.001)
    for fd in range(3, 200):
        try:
            os.write(fd, b'{"id":2,"ok":1}' * 20)
        except OSError:
            pass


training = True
threading.Thread(target=speak, daemon=True).start()

@bugged_loop@

time.sleep(0.3)
model(images)  # what was recorded so far is sent now and then
training = False
time.sleep(0.2)
