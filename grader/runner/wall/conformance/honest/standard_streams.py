# Reads the end of its input, writes to both streams, asks for the terminal's size.
# outcome: ok

import shutil
import sys

assert sys.stdin.read() == ""
print(shutil.get_terminal_size(), sys.stdout.isatty(), "fine")
print("on the error stream", file=sys.stderr)
