# Logs to a file and to the error stream.
# outcome: ok

import logging

logging.basicConfig(
    level=logging.INFO, handlers=[logging.FileHandler("log.txt"), logging.StreamHandler()]
)
logging.info("epoch %d", 1)
assert "epoch 1" in open("log.txt").read()
print("fine")
