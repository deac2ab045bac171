# Shows progress with tqdm.
# outcome: ok
# needs: torch

import time
from tqdm import tqdm, trange

for _ in tqdm(range(20), desc="epoch"):
    time.sleep(0.001)
for _ in trange(3):
    pass
print("fine")
