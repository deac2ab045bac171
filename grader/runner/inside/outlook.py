"""Whether anything after a ruined training could still matter, read off a script's text.

Theory of operation. Weights that are nan stay nan: no gradient step brings them back. So a
training may be ended early, unless the program itself could still do something about it or
show something new: restore weights that it kept, train a second model, validate only at its
end or in every tenth epoch. Whether it could can't be proved in general. What can be is that
a text is of the plain kind, in which it can't: it makes one optimizer, once; it names nothing
that restores or replaces weights; each round of its training loop makes the same calls; and
what follows the loop calls nothing that the loop has not called. Any doubt means no.

Runs in the student's process, before the submission does. A text that deceives this file ends
its own training early and gains nothing.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


OPTIMIZERS = _words(
    """SGD Adam AdamW RMSprop Adagrad Adadelta Adamax NAdam RAdam Rprop ASGD LBFGS SparseAdam
    Adafactor Muon Optimizer"""
)
DOUBTFUL = _words(
    """load_state_dict load deepcopy copy copy_ clone fill_ lerp_ set_ data nan_to_num nan_to_num_
    isnan isfinite isinf reset_parameters apply AveragedModel swa_utils ema GradScaler
    add_param_group param_groups param_groups_ exec compile getattr setattr delattr globals locals
    vars __import__ importlib fork_rng threading Thread atexit signal init uniform_ normal_ zeros_
    parameters_to_vector vector_to_parameters functional_call register_hook closure"""
)
"""Names that may mean: weights are kept, changed by other means, or made anew."""
HARMLESS = _words(
    """print len range int float str bool format round min max sum abs sorted list tuple dict zip
    enumerate isinstance append extend items keys values item tolist detach cpu numpy mean std
    time perf_counter monotonic strftime join write flush close info debug warning
    set_description set_postfix update refresh plot subplots subplot figure title suptitle xlabel
    ylabel legend show savefig tight_layout grid set_title set_xlabel set_ylabel imshow axis
    save state_dict step zero_grad backward get_last_lr argmax eq size view flatten parameters
    clip_grad_norm_ clip_grad_value_ no_grad inference_mode train eval display"""
)
"""Names of calls that show nothing new of a training: they print, count, plot or save."""
REPEATING = (ast.For, ast.AsyncFor, ast.While)
MANY_TIMES = (
    *REPEATING, ast.ClassDef, ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp,
    ast.GeneratorExp, ast.AsyncFunctionDef, ast.Try,
)  # fmt: skip
SOMETIMES = (ast.If, ast.IfExp, ast.Try, ast.Match, ast.BoolOp)


def lines_of_no_return(source: str) -> list[int]:
    """The lines whose ``.step()`` belongs to a training that, once ruined, decides the run.

    Empty when the text can't be read, or leaves any doubt.
    """
    try:
        return _Text(ast.parse(source)).lines()
    except (SyntaxError, ValueError, RecursionError, MemoryError, _Doubt):
        return []


class _Doubt(Exception):
    """The text is not of the plain kind."""


class _Text:
    """A parsed script: who contains whom, and which function is called where."""

    def __init__(self, tree: ast.Module) -> None:
        self._nodes = list(ast.walk(tree))
        self._parents = {
            child: node for node in self._nodes for child in ast.iter_child_nodes(node)
        }
        self._functions = {
            node.name: node for node in self._nodes if isinstance(node, ast.FunctionDef)
        }

    def lines(self) -> list[int]:
        """See `lines_of_no_return`."""
        if not DOUBTFUL.isdisjoint(self._names()):
            return []
        made = [call for call in self._calls() if _name(call) in OPTIMIZERS]
        if len(made) != 1 or any(isinstance(up, MANY_TIMES) for up in self._way_up(made[0])):
            return []
        steps = [call for call in self._calls() if _name(call) == "step"]
        return sorted({call.lineno for call in steps if self._decides(call)})

    def _names(self) -> Iterator[str]:
        for node in self._nodes:
            if isinstance(node, ast.Name):
                yield node.id
            elif isinstance(node, ast.Attribute):
                yield node.attr
            elif isinstance(node, ast.alias):
                yield from node.name.split(".")

    def _calls(self) -> Iterator[ast.Call]:
        return (node for node in self._nodes if isinstance(node, ast.Call))

    def _way_up(self, node: ast.AST) -> Iterator[ast.AST]:
        """What contains ``node``, up to the module, through the one call of each function.

        Raises:
            _Doubt: a function on the way is not called exactly once, by its name.
        """
        seen = set()
        while node in self._parents:
            node = self._parents[node]
            yield node
            if isinstance(node, ast.FunctionDef):
                if node.name in seen:
                    raise _Doubt
                seen.add(node.name)
                node = self._only_call(node)
                yield node

    def _only_call(self, function: ast.FunctionDef) -> ast.Call:
        uses = [n for n in self._nodes if isinstance(n, ast.Name) and n.id == function.name]
        same = [
            n for n in self._nodes if isinstance(n, ast.FunctionDef) and n.name == function.name
        ]
        call = self._parents.get(uses[0]) if len(uses) == 1 else None
        plain = len(same) == 1 and not function.decorator_list
        if not plain or not isinstance(call, ast.Call) or call.func is not uses[0]:
            raise _Doubt
        return call

    # --- one training loop ------------------------------------------------------------------

    def _decides(self, step: ast.Call) -> bool:
        try:
            way = [step, *self._way_up(step)]
        except _Doubt:
            return False
        loops = [at for at, node in enumerate(way) if isinstance(node, REPEATING)]
        if not loops:
            return False
        outermost = loops[-1]
        loop, above = way[outermost], way[outermost + 1 :]
        if any(isinstance(node, MANY_TIMES) for node in above):
            return False
        inside = list(self._reached(loop))
        return self._is_steady(inside) and self._ends_quietly(loop, above, inside)

    def _reached(self, loop: ast.AST) -> Iterator[ast.AST]:
        """All of a loop, and of the functions that it calls by name."""
        todo, met = [loop], set()
        while todo:
            for node in ast.walk(todo.pop()):
                yield node
                name = _name(node) if isinstance(node, ast.Call) else ""
                if name in self._functions and name not in met:
                    met.add(name)
                    todo.append(self._functions[name])

    def _is_steady(self, inside: list[ast.AST]) -> bool:
        """Whether what is done only sometimes shows nothing that each round doesn't."""
        return all(
            _name(call) in HARMLESS and _name(call) not in self._functions
            for node in inside
            if isinstance(node, SOMETIMES)
            for call in ast.walk(node)
            if isinstance(call, ast.Call)
        )

    def _ends_quietly(self, loop: ast.AST, above: list[ast.AST], inside: list[ast.AST]) -> bool:
        """Whether what comes after the loop calls nothing that the loop has not called."""
        called = {_name(node) for node in inside if isinstance(node, ast.Call)}
        known = called & set(self._functions)
        way_calls = {node for node in above if isinstance(node, ast.Call)}
        later = [node for below, node in zip([loop, *above], above, strict=False)
                 for node in _following(node, below)]  # fmt: skip
        return all(
            name in known or (name in HARMLESS and name not in self._functions)
            for call in later
            if call not in way_calls
            for name in [_name(call)]
        )


def _following(node: ast.AST, below: ast.AST) -> Iterator[ast.Call]:
    """The calls in ``node`` that come after ``below``, one of its children."""
    children = list(ast.iter_child_nodes(node))
    if below not in children:  # below is a function, and node the call of it
        return
    after = children if isinstance(node, ast.expr) else children[children.index(below) + 1 :]
    for child in after:
        yield from (part for part in ast.walk(child) if isinstance(part, ast.Call))


def _name(call: ast.Call) -> str:
    """The last word of what is called."""
    function = call.func
    if isinstance(function, ast.Name):
        return function.id
    return function.attr if isinstance(function, ast.Attribute) else ""
