# Answers with what has no end: cycles, depth, breadth, a number of a million digits, views.
# outcome: ok
# graded: module
# earns: nothing

import torch


def softmax(x):
    return torch.zeros(1).expand(1 << 40)


def count(x):
    return 10**1_000_000


def square(x):
    many = []
    for _ in range(60):
        many = [many] * 10
    return many


cycle = []
cycle.append(cycle)
names = cycle


class Endless(list):
    def __iter__(self):
        while True:
            yield "a"


weight = Endless([Endless()] * 2_000_000)
