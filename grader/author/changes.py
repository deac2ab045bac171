"""Small changes of a program's parts, as a slip of the hand or of the mind would make them.

Each function takes one node of the syntax tree and gives what could stand in its place. A node
and its replacement are both expressions, or both statements.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeVar

Node = TypeVar("Node", bound=ast.AST)

_TINY = 1e-5  # below it, a number is there against division by zero: twice as much changes nothing

_BINARY: Mapping[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Div,
    ast.Mod: ast.Mult,
    ast.Pow: ast.Mult,
    ast.MatMult: ast.Mult,
}
_TERMS = (ast.Add, ast.Sub, ast.Mult, ast.Div)
_COMPARED: Mapping[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
_SWAPPED = (
    ("sum", "mean"),
    ("max", "min"),
    ("argmax", "argmin"),
    ("amax", "amin"),
    ("maximum", "minimum"),
    ("zeros", "ones"),
    ("zeros_like", "ones_like"),
    ("any", "all"),
    ("std", "var"),
    ("rand", "randn"),
    ("rand_like", "randn_like"),
    ("add_", "sub_"),
    ("mul_", "div_"),
    ("uniform_", "normal_"),
    ("train", "eval"),
    ("exp", "expm1"),
    ("log", "log1p"),
    ("sigmoid", "tanh"),
    ("ceil", "floor"),
    ("append", "extend"),
    ("no_grad", "enable_grad"),
    ("inference_mode", "enable_grad"),
)
_OTHER_NAME: Mapping[str, str] = {
    **dict(_SWAPPED),
    **{second: first for first, second in _SWAPPED if second != "enable_grad"},
}
_DROPPED = frozenset(
    ("abs", "clamp", "clip", "clone", "copy", "deepcopy", "detach", "exp", "flatten", "float",
     "log", "long", "permute", "relu", "reshape", "sigmoid", "sqrt", "square", "squeeze", "t",
     "tanh", "transpose", "unsqueeze", "view", "double", "item", "softmax", "log_softmax")
)  # fmt: skip
"""Calls that give their input in another form: without them, the input itself goes on."""

_LIBRARIES = frozenset(("F", "copy", "math", "np", "numpy", "torch"))
_WORDS: Mapping[str, str] = {"mean": "sum", "sum": "mean", "none": "mean", "fan_in": "fan_out"}


def changes(node: ast.AST, parent: ast.AST) -> Iterator[ast.AST]:
    """Everything that could stand in the place of ``node``; it is left as it is."""
    for kind, change in _CHANGES:
        if isinstance(node, kind):
            yield from change(node)
    if isinstance(parent, ast.If | ast.While) and node is parent.test:
        yield from _condition(parent.test)


def _with(node: Node, **fields: object) -> Node:
    """A copy of the node with some fields replaced."""
    known = {name: getattr(node, name) for name in node._fields}
    return type(node)(**{**known, **fields})


# --- expressions ----------------------------------------------------------------------------


def _binary(node: ast.BinOp) -> Iterator[ast.AST]:
    other = _BINARY.get(type(node.op))
    if other is not None:
        yield _with(node, op=other())
    if isinstance(node.op, _TERMS):
        yield node.left
        yield node.right


def _unary(node: ast.UnaryOp) -> Iterator[ast.AST]:
    if isinstance(node.op, ast.USub | ast.Not | ast.Invert):
        yield node.operand


def _compare(node: ast.Compare) -> Iterator[ast.AST]:
    for index, op in enumerate(node.ops):
        for other in _COMPARED[type(op)]:
            yield _with(node, ops=_replaced(node.ops, index, other()))


def _both(node: ast.BoolOp) -> Iterator[ast.AST]:
    yield _with(node, op=ast.Or() if isinstance(node.op, ast.And) else ast.And())
    for index in range(len(node.values)):
        rest = [*node.values[:index], *node.values[index + 1 :]]
        yield rest[0] if len(rest) == 1 else _with(node, values=rest)


def _choice(node: ast.IfExp) -> Iterator[ast.AST]:
    yield _with(node, body=node.orelse, orelse=node.body)


def _constant(node: ast.Constant) -> Iterator[ast.AST]:
    value = node.value
    others: Sequence[object] = ()
    match value:
        case bool():
            others = (not value,)
        case int():
            others = (value + 1, value - 1, value * 2, 0)
        case float() if 0 < abs(value) < _TINY:
            others = (value * 1e4, 0.0)
        case float():
            others = (value + 1, value - 1, value * 2, 0.0)
        case str():
            others = (_WORDS.get(value, value),)
    seen = [value]
    for other in others:
        if other not in seen:
            seen.append(other)  # type: ignore[arg-type]  # of the same type as the value
            yield ast.Constant(value=other)  # type: ignore[arg-type]


def _call(node: ast.Call) -> Iterator[ast.AST]:
    plain = not any(isinstance(argument, ast.Starred) for argument in node.args)
    if plain and len(node.args) > 1:
        first, second, *rest = node.args
        yield _with(node, args=[second, first, *rest])
    for index, word in enumerate(node.keywords):
        if word.arg is not None:
            yield _with(node, keywords=[*node.keywords[:index], *node.keywords[index + 1 :]])
    if isinstance(node.func, ast.Name) and node.func.id == "range":
        yield from _range(node)
    yield from _other_function(node)
    yield from _input_alone(node)


def _range(node: ast.Call) -> Iterator[ast.AST]:
    """One step too few, one too many, and a start after the first."""
    stop = 0 if len(node.args) == 1 else 1
    if stop < len(node.args):
        for op in (ast.Sub(), ast.Add()):
            end = ast.BinOp(left=node.args[stop], op=op, right=ast.Constant(value=1))
            yield _with(node, args=_replaced(node.args, stop, end))
    if len(node.args) == 1:
        yield _with(node, args=[ast.Constant(value=1), *node.args])


def _other_function(node: ast.Call) -> Iterator[ast.AST]:
    match node.func:
        case ast.Attribute(attr=name) if name in _OTHER_NAME:
            yield _with(node, func=_with(node.func, attr=_OTHER_NAME[name]))
        case ast.Name(id=("max" | "min" | "any" | "all") as name):
            yield _with(node, func=_with(node.func, id=_OTHER_NAME[name]))


def _input_alone(node: ast.Call) -> Iterator[ast.AST]:
    match node.func:
        case ast.Attribute(value=ast.Name(id=library), attr=name) if library in _LIBRARIES:
            if name in _DROPPED and node.args:
                yield node.args[0]
        case ast.Attribute(value=owner, attr=name) if name in _DROPPED:
            yield owner
        case ast.Name(id="deepcopy" | "abs" | "float") if node.args:
            yield node.args[0]


def _attribute(node: ast.Attribute) -> Iterator[ast.AST]:
    if node.attr in {"T", "mT", "data"} and isinstance(node.ctx, ast.Load):
        yield node.value


# --- statements -----------------------------------------------------------------------------


def _augmented(node: ast.AugAssign) -> Iterator[ast.AST]:
    other = _BINARY.get(type(node.op))
    if other is not None:
        yield _with(node, op=other())
    yield ast.Pass()
    yield ast.Assign(targets=[node.target], value=node.value, lineno=node.lineno)


def _assign(node: ast.Assign) -> Iterator[ast.AST]:
    if all(isinstance(target, ast.Attribute | ast.Subscript) for target in node.targets):
        yield ast.Pass()


def _nothing(_: ast.AST) -> Iterator[ast.AST]:
    yield ast.Pass()


def _return(node: ast.Return) -> Iterator[ast.AST]:
    if node.value is not None:
        yield ast.Return(value=None)


def _condition(test: ast.expr) -> Iterator[ast.AST]:
    """The opposite; a comparison and a negation have theirs already."""
    if not isinstance(test, ast.Compare | ast.UnaryOp):
        yield ast.UnaryOp(op=ast.Not(), operand=test)


def _replaced(items: Sequence[Node], index: int, item: Node) -> list[Node]:
    return [*items[:index], item, *items[index + 1 :]]


_CHANGES: tuple[tuple[type[ast.AST], Callable[..., Iterator[ast.AST]]], ...] = (
    (ast.BinOp, _binary),
    (ast.UnaryOp, _unary),
    (ast.Compare, _compare),
    (ast.BoolOp, _both),
    (ast.IfExp, _choice),
    (ast.Constant, _constant),
    (ast.Call, _call),
    (ast.Attribute, _attribute),
    (ast.AugAssign, _augmented),
    (ast.Assign, _assign),
    (ast.Expr, _nothing),
    (ast.Break, _nothing),
    (ast.Continue, _nothing),
    (ast.Return, _return),
)
