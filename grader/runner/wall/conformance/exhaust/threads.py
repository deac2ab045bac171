# Starts threads without end.
# outcome: crashed RuntimeError or out_of_memory

import threading
import time

threading.stack_size(64 << 10)
for number in range(20_000):
    threading.Thread(target=time.sleep, args=(100,), daemon=True).start()
print("REACHED", number)
