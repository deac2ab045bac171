# Puts a symbolic link to the secret into its own folder and reads that.
# outcome: crashed PermissionError or FileNotFoundError

import os

os.symlink("@secret@", "mine.txt")
print(open("mine.txt").read())
