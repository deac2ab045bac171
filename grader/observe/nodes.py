"""Autograd's graph, node by node: names, and the ways through it.

Runs in the student's process.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import torch

from grader.observe.looking import derives, has_values, node_of
from grader.observe.looking import name_of as type_name

MOST_NODES = 50_000
NEAR = 64
"""Nodes that are looked at from a loss on, up to the layers of the network."""
LAYERS = frozenset((
    "Addmm", "Mm", "Mv", "Bmm", "Baddbmm", "Convolution", "Linear", "Embedding", "AccumulateGrad",
    "MkldnnConvolution", "CudnnConvolution", "NativeBatchNorm", "NativeLayerNorm",
))  # fmt: skip
"""Where the network begins: what lies beyond is none of the loss's."""
VIEWS = frozenset((
    "View", "UnsafeView", "Reshape", "ReshapeAlias", "Alias", "Squeeze", "Unsqueeze", "Transpose",
    "T", "Permute", "Slice", "Select", "Index", "Clone", "ToCopy", "Expand", "AsStrided",
))  # fmt: skip
"""What changes the form of a tensor and none of its values."""
JOINS = frozenset(("Cat", "Stack"))
LEAF = torch._C._functions.AccumulateGrad
PICKS = frozenset(("Gather", "Index"))
"""What takes one number of each row."""
_NAME = re.compile(r"^(?:.*::)?(\w+?)(?:Backward\d*)?$")


def name_of(node: Any) -> str:
    """A node's operation: ``LogSoftmaxBackward0`` is a LogSoftmax; empty for a program's own."""
    if derives(type(node), torch.autograd.function.BackwardCFunction):
        return ""
    found = _NAME.match(type_name(node))
    return found[1] if found else ""


def leaves_of(roots: Iterable[torch.Tensor]) -> Iterator[torch.Tensor]:
    """The leaf tensors that a graph ends in (the variables of its AccumulateGrad nodes)."""
    for node in _nodes(roots, MOST_NODES, lambda _: False):
        if type(node) is LEAF:  # what a program's own function keeps may be named alike
            yield node.variable


def all_of(roots: Iterable[torch.Tensor]) -> Iterator[Any]:
    """All nodes of a graph."""
    return _nodes(roots, MOST_NODES, lambda _: False)


def near(root: torch.Tensor) -> Iterator[Any]:
    """The nodes between a loss and the layers of the network."""
    return _nodes([root], NEAR, lambda node: name_of(node) in LAYERS)


def _nodes(roots: Iterable[torch.Tensor], most: int, ends: Callable[[Any], bool]) -> Iterator[Any]:
    stack = [node for root in roots if (node := node_of(root)) is not None]
    visited = set(stack)
    while stack and len(visited) < most:
        node = stack.pop()
        yield node
        if ends(node):
            continue
        for following, _ in node.next_functions:
            if following is not None and following not in visited:
                visited.add(following)
                stack.append(following)


def chain(node: Any) -> Iterator[str]:
    """The operations from a node down its first input to a layer, views left out."""
    return (name for _, name in line_of(node))


def line_of(node: Any) -> Iterator[tuple[Any, str]]:
    """The same with the nodes: only those that change a value, by what they compute."""
    for _ in range(NEAR):
        name = name_of(node)
        if not passes_on(node, name):
            yield node, "Softmax" if _is_softmax(node, name) else name
        following = node.next_functions[0][0] if node.next_functions else None
        if name in LAYERS or following is None:
            return
        node = following


def passes_on(node: Any, name: str) -> bool:
    """Whether an operation hands on values as they come: a view, parts put together, dropout."""
    if name in VIEWS:
        return True
    if name in JOINS:
        parts = {name_of(one) for one, _ in node.next_functions if one is not None}
        return len(parts) == 1 and all(one is not None for one, _ in node.next_functions)
    return name == "Mul" and is_dropout(node)


def is_dropout(node: Any) -> bool:
    """Whether a product is one with a mask of zeros and of one number above 1."""
    if len(node.next_functions) != 2 or node.next_functions[1][0] is not None:  # noqa: PLR2004
        return False
    mask = node._saved_other
    if mask is None or not has_values(mask) or not mask.is_floating_point() or mask.dim() == 0:
        return False
    mask = mask.detach()
    top = mask.max()
    return float(top) > 1 and bool(((mask == 0) | (mask == top)).all())


def _is_softmax(node: Any, name: str) -> bool:
    """Whether a quotient is a softmax by hand: exp(x) by the sum of the same exp(x)."""
    if name != "Div" or not all(one is not None for one, _ in node.next_functions):
        return False
    above, *others = (one for one, _ in node.next_functions)
    below = others[0] if others else None
    while below is not None and name_of(below) in VIEWS:
        below = below.next_functions[0][0]
    return (
        below is not None
        and name_of(above) == "Exp"
        and name_of(below) == "Sum"
        and below.next_functions[0][0] == above
    )


def is_surprise(node: Any) -> bool:
    """Whether a difference is a logarithm of a sum of exp, less the score of one in the sum."""
    (whole, _), (one, _) = node.next_functions
    if whole is None or one is None or name_of(whole) != "Logsumexp" or name_of(one) not in PICKS:
        return False
    return bool(whole.next_functions[0][0] == one.next_functions[0][0])
