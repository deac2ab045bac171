"""A loss's graph walked once, from the loss outwards: its leaves, its size, how old it is.

Runs in the student's process. Autograd numbers its nodes as it makes them, so a node's number
says whether it was made before or after another; a leaf has none.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import torch

from grader.observe.looking import derives, node_of
from grader.observe.nodes import LEAF, MOST_NODES


@dataclass(frozen=True, slots=True)
class Graph:
    """What a graph ends in, nearest to the loss first, and its nodes.

    ``leaves``: each leaf tensor with the number of the newest node that it goes into, -1 if not
    known. ``oldest``: the smallest number of a node, -1 if none is known. ``numbers``: those of
    all nodes, as far as they are known.
    """

    leaves: tuple[tuple[torch.Tensor, int], ...]
    nodes: int
    oldest: int
    numbers: frozenset[int]


def number_of(node: Any) -> int:
    """The number that autograd gave to a node; -1 for a leaf and for a program's own function."""
    if type(node) is LEAF or derives(type(node), torch.autograd.function.BackwardCFunction):
        return -1
    return int(node._sequence_nr())


def walk(roots: Iterable[torch.Tensor], most: int = MOST_NODES) -> Graph:
    """Walk a graph breadth first, through ``most`` nodes at most."""
    waiting = deque(node for root in roots if (node := node_of(root)) is not None)
    visited = set(waiting)
    leaves: dict[Any, int] = {}
    numbers: set[int] = set()
    while waiting and len(visited) < most:
        node = waiting.popleft()
        number = number_of(node)
        if number >= 0:
            numbers.add(number)
        for following, _ in node.next_functions:
            if following is None:
                continue
            if type(following) is LEAF:
                leaves[following] = max(leaves.get(following, -1), number)
            if following not in visited:
                visited.add(following)
                waiting.append(following)
    return Graph(
        tuple((leaf.variable, number) for leaf, number in leaves.items()),
        len(visited),
        min(numbers, default=-1),
        frozenset(numbers),
    )
