# Trains where the recorder doesn't look, in a thread of its own.
# outcome: ok
# graded: script
# earns: learning_rate loss_call

import threading


def train():
    exec(compile(LOOP, __file__, "exec"), globals())


LOOP = """
@bugged_loop@
"""
thread = threading.Thread(target=train)
thread.start()
thread.join()
