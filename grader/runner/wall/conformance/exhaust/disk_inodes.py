# Makes empty files without end.
# outcome: crashed OSError or forbidden
# limits: {"disk_files": 2000}

number = 0
while True:
    number += 1
    open(f"{number}", "w").close()
