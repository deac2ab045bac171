"""The rules: one file each, a pure function of a Trace.

A rule is a module of this package. Its name is its file's with hyphens; its docstring is the page
that ``grade explain`` shows; its ``find(trace)`` yields what it found; its ``HIDES``, if it has
one, names the rules that would tell of symptoms of the same cause. To add one, add a file:
nothing else knows the list.
"""

from __future__ import annotations

import contextlib
import functools
import importlib
import inspect
import itertools
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from types import MappingProxyType

from grader.errors import UnknownName
from grader.model import Finding, Level
from grader.trace.trace import Trace

_asked: ContextVar[Callable[[tuple[str, ...]], object]] = ContextVar(
    "asked", default=lambda _: None
)


@contextlib.contextmanager
def noting(asked: Callable[[tuple[str, ...]], object]) -> Iterator[None]:
    """Within it, ``asked`` is told the names of the rules that `of_rules` is asked for."""
    token = _asked.set(asked)
    try:
        yield
    finally:
        _asked.reset(token)


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule by name, its page, and how it looks at a Trace.

    ``hides``: rules whose findings are most likely symptoms of what this one has found.
    """

    name: str
    page: str
    find: Callable[[Trace], Iterator[Finding]]
    hides: frozenset[str]


@functools.cache
def all_rules() -> tuple[Rule, ...]:
    """Every rule of the package, by name."""
    found = []
    for module in pkgutil.iter_modules(__path__):
        if module.name.startswith("_"):
            continue
        rule = importlib.import_module(f"{__name__}.{module.name}")
        page = inspect.cleandoc(rule.__doc__ or "")
        hides = frozenset(getattr(rule, "HIDES", ()))
        found.append(Rule(module.name.replace("_", "-"), page, rule.find, hides))
    return tuple(sorted(found, key=lambda rule: rule.name))


class Found(tuple[Finding, ...]):  # noqa: SLOT001 - a tuple can have no slots of its own
    """What rules found.

    ``symptoms``: what isn't told on its own, as the same cause shows in it (`find_all`).
    ``broken``: by its name, what a rule raised, which has found nothing.
    """

    symptoms: tuple[Finding, ...] = ()
    broken: Mapping[str, Exception] = MappingProxyType({})


def find_all(trace: Trace) -> Found:
    """What all rules find, in the order in which it happened; a cause hides its symptoms.

    A note, which is sure of nothing, hides nothing. A rule that fails costs what stands on it, and
    nothing else: there are too many programs for all rules to be right about each of them.
    """
    found: dict[Rule, list[Finding]] = {}
    broken: dict[str, Exception] = {}
    for rule in all_rules():
        try:
            found[rule] = list(rule.find(trace))
        except Exception as error:  # noqa: BLE001 - whatever it is, the other rules go on
            broken[rule.name] = error
    hidden = {
        name
        for rule, findings in found.items()
        if any(finding.level is not Level.NOTE for finding in findings)
        for name in rule.hides
    }
    ordered = sorted(itertools.chain(*found.values()), key=_when)
    told = Found(finding for finding in ordered if finding.rule not in hidden)
    told.symptoms = tuple(finding for finding in ordered if finding.rule in hidden)
    told.broken = broken
    return told


def _when(finding: Finding) -> tuple[int, str]:
    return finding.step or 0, finding.rule


def found_in(trace: Trace, *names: str) -> tuple[Finding, ...]:
    """What the named rules find, in the order in which it happened; see `of_rules`."""
    return of_rules(find_all(trace), *names)


def of_rules(findings: Found, *names: str) -> tuple[Finding, ...]:
    """The findings of the named rules, those among them that are symptoms of another's included.

    A mark stands on the rules that its check names, so a rule that is added later explains, and
    neither costs nor gives anybody a point (docs/design/026-on-evidence.md).

    Raises:
        UnknownName: no rule has one of these names.
        ValueError: none is named.
        Exception: what one of the rules raised in its search.
    """
    if not names:
        raise ValueError("expected the names of the rules that this check stands on, found none")
    rules = {rule.name for rule in all_rules()}
    for name in names:
        if name not in rules:
            raise UnknownName("rule", name, rules)
    _asked.get()(names)
    for name, error in findings.broken.items():
        if name in names:
            raise error
    every = sorted((*findings, *findings.symptoms), key=_when)
    return tuple(finding for finding in every if finding.rule in names)


def rule_page(name: str) -> str:
    """The page of one rule.

    Raises:
        UnknownName: no rule has this name.
    """
    rules = {rule.name: rule for rule in all_rules()}
    if name not in rules:
        raise UnknownName("rule", name, rules)
    return rules[name].page
