# Recurses without end.
# outcome: crashed RecursionError


def deeper():
    return deeper()


deeper()
