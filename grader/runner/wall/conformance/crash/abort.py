# Aborts.
# outcome: crashed SIGABRT

import os

os.abort()
