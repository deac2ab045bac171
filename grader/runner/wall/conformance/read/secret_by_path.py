# Opens a file of the grader by its full path.
# outcome: crashed PermissionError or FileNotFoundError

print(open("@secret@").read())
