# Prints a lot, but less than the limit.
# outcome: ok

for number in range(20_000):
    print(number, "x" * 20)
print("fine")
