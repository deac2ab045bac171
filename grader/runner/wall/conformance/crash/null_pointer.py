# Reads address zero.
# outcome: crashed SIGSEGV

import ctypes

ctypes.string_at(0)
