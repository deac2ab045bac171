# Lifts Python's limit and overflows the stack in C.
# outcome: crashed SIGSEGV or out_of_memory or crashed RecursionError
# limits: {"wall_s": 20}

import sys

sys.setrecursionlimit(10**9)


class Nested:
    def __repr__(self):
        return repr([self])

    def __eq__(self, other):
        return [self] == [other]


Nested() == Nested()
