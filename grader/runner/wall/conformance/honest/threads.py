# Works with threads, locks and queues.
# outcome: ok

import concurrent.futures
import queue
import threading

results = queue.Queue()
lock = threading.Lock()


def work(number):
    with lock:
        results.put(number * number)


threads = [threading.Thread(target=work, args=(n,)) for n in range(20)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join(5)
with concurrent.futures.ThreadPoolExecutor(4) as pool:
    total = sum(pool.map(lambda n: n * n, range(20)))
assert total == sum(results.get() for _ in range(20))
print("fine")
