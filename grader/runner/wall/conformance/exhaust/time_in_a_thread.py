# Ends its main thread's work while another thread goes on.
# outcome: timed_out
# limits: {"wall_s": 0.4}

import threading
import time

threading.Thread(target=time.sleep, args=(1000,)).start()
