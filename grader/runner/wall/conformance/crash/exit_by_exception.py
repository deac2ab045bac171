# Raises what is no ordinary exception.
# outcome: crashed KeyboardInterrupt

raise KeyboardInterrupt("not by a person")
