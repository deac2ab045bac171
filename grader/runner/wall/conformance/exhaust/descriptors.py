# Opens files until no more can be opened.
# outcome: crashed OSError

held = []
while len(held) < 100_000:
    held.append(open("/dev/null"))
print("REACHED", len(held))
