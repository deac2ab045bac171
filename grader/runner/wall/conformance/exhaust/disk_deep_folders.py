# Nests folders thousands deep.
# outcome: ok or forbidden or crashed OSError

import os

for number in range(2000):
    os.mkdir("d")
    os.chdir("d")
