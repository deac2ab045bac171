# Leaves with success before anything was done.
# outcome: ok

import os

os._exit(0)
