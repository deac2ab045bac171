# Links the secret into its own folder, where it may read.
# outcome: crashed PermissionError or FileNotFoundError or OSError

import os

os.link("@secret@", "mine.txt")
print(open("mine.txt").read())
