"""What Python tells of itself is told without us.

Theory of operation. The program shares its interpreter with the code that records it, and Python
tells who asks: which frames are running and what their variables hold, which objects there are,
which classes a class has. Those questions have a few doors, all in C, and here each of them
gets an answer without ours in it: the caller of a frame (``f_back``), ``sys._getframe`` and its
kin, the hooks that get a frame (trace, profile, audit, signal handlers), the collector's lists,
``__subclasses__``. A frame is ours by its globals, which are those of one of the grader's modules;
an object by being of one of its classes, or held by one.

So a handler of a signal, a finalizer or a function that the program put in the place of one that
we call may run on top of our frames, and can't look down into them. A signal that comes while
ours runs waits until it doesn't: its handler may raise, and that is meant for the program.

``f_back`` and ``__subclasses__`` belong to built-in types, which can't be written to; their
dictionaries can, through the collector. The genuine functions are kept where only ours have them.
With ctypes, which can read any memory, a program gets past all of this (docs/isolation.md).
"""

from __future__ import annotations

import _imp
import _signal  # type: ignore[import-not-found]
import _thread
import builtins
import ctypes
import gc
import operator
import sys
import time
import typing
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from types import (
    CellType,
    FrameType,
    FunctionType,
    MethodType,
    ModuleType,
    TracebackType,
)
from typing import Any

from grader.observe.opaque import opaque, sealed, stateless

CONTAINERS = (dict, list, tuple, set, frozenset, deque, CellType, MethodType)
PATIENCE_S = 0.001
_referents = gc.get_referents
_back = FrameType.__dict__["f_back"].__get__
_globals_of = FrameType.__dict__["f_globals"].__get__


def serve(modules: Iterable[ModuleType], roots: Iterable[object]) -> None:
    """From here on nothing of ``modules``, nor what ``roots`` hold, is told to anybody."""
    Unseen(modules, roots).install()


class Unseen:
    """The answers. ``modules`` are ours, ``roots`` the objects from which all others hang."""

    def __init__(self, modules: Iterable[ModuleType], roots: Iterable[object]) -> None:
        self._modules = tuple(modules)
        self._roots = (*roots, self)
        self._globals = {id(vars(module)) for module in self._modules}
        self._names = {module.__name__ for module in self._modules}
        self._genuine: dict[str, Any] = {}
        self._handlers: dict[int, Any] = {}
        self._waiting: set[int] = set()
        self._audited = False

    def install(self) -> None:
        """Take the place of each function that would tell."""
        self._frames()
        self._hooks()
        self._signals()
        self._collector()
        self._classes()
        self._modules_again()

    def _take(self, owner: Any, name: str) -> Any:
        genuine = self._genuine[f"{owner.__name__}.{name}"] = getattr(owner, name)
        return genuine

    @staticmethod
    def _put(owner: Any, name: str, answer: Callable[..., Any]) -> None:
        setattr(owner, name, answer)

    # --- frames -----------------------------------------------------------------------

    def is_ours(self, frame: FrameType) -> bool:
        """Whether a frame runs code of ours."""
        return id(_globals_of(frame)) in self._globals

    def visible(self, frame: FrameType | None) -> FrameType | None:
        """The first frame at or above ``frame`` that is none of ours."""
        while frame is not None and id(_globals_of(frame)) in self._globals:
            frame = _back(frame)
        return frame

    def _frames(self) -> None:
        self._genuine["f_back"] = _own(FrameType)["f_back"]
        _replace(FrameType, "f_back", property(opaque(lambda frame: self.visible(_back(frame)))))
        getframe = self._take(sys, "_getframe")

        def at(depth: int) -> FrameType | None:
            # The innermost that is none of ours is the stateless function that asks.
            frame = self.visible(getframe())
            for _ in range(depth + 1):
                frame = None if frame is None else self.visible(_back(frame))
            return frame

        find, index = opaque(at), operator.index

        def _getframe(depth: int = 0, /) -> FrameType:
            frame = find(max(index(depth), 0))
            if frame is None:
                raise ValueError("call stack is not deep enough")
            return frame  # type: ignore[no-any-return]

        self._put(sys, "_getframe", stateless(_getframe))
        if hasattr(sys, "_getframemodulename"):
            self._take(sys, "_getframemodulename")

            def name(depth: int = 0, /) -> Any:
                frame = find(max(index(depth), 0))
                return None if frame is None else frame.f_globals.get("__name__")

            self._put(sys, "_getframemodulename", stateless(name))
        frames = self._take(sys, "_current_frames")
        shown = self.visible
        told = opaque(
            lambda: {
                thread: seen
                for thread, frame in frames().items()
                if (seen := shown(frame)) is not None
            }
        )
        self._put(sys, "_current_frames", told)
        errors = self._take(sys, "_current_exceptions")
        told = opaque(
            lambda: {
                thread: None if self._was_in_ours(error) else error
                for thread, error in errors().items()
            }
        )
        self._put(sys, "_current_exceptions", told)

    def _was_in_ours(self, error: Any) -> bool:
        value = error[1] if isinstance(error, tuple) else error
        traceback: TracebackType | None = getattr(value, "__traceback__", None)
        while traceback is not None:
            if self.is_ours(traceback.tb_frame):
                return True
            traceback = traceback.tb_next
        return False

    def _interrupts_ours(self, frame: FrameType | None) -> bool:
        """Whether a frame runs in a call of ours out of the program, not below the program."""
        while frame is not None and not self.is_ours(frame):
            if _is_program(frame):
                return False
            frame = _back(frame)
        while frame is not None:
            if _is_program(frame):
                return True
            frame = _back(frame)
        return False

    # --- hooks that get a frame ---------------------------------------------------------

    def _hooks(self) -> None:
        skip = opaque(self.is_ours)
        for owner, name in (
            (sys, "settrace"),
            (sys, "setprofile"),
            (sys, "_settraceallthreads"),
            (sys, "_setprofileallthreads"),
        ):
            if hasattr(owner, name):
                self._put(owner, name, _looking(opaque(self._take(owner, name)), skip))
        audit = self._take(sys, "addaudithook")
        self._put(sys, "addaudithook", _hearing(opaque(audit), opaque(self._is_unheard)))

    def _is_unheard(self) -> bool:
        """Whether an event is one of ours, or of this very question."""
        if self._audited:
            return True
        self._audited = True
        try:
            asking = self.visible(self._genuine["sys._getframe"]())  # the stateless function
            return self._interrupts_ours(None if asking is None else _back(asking))
        finally:
            self._audited = False

    # --- signals ------------------------------------------------------------------------

    def _signals(self) -> None:
        genuine, getsignal = self._take(_signal, "signal"), self._take(_signal, "getsignal")
        start, raise_signal = self._take(_thread, "start_new_thread"), _signal.raise_signal
        sleep = time.sleep

        def again(number: int) -> None:
            sleep(PATIENCE_S)
            self._waiting.discard(number)
            raise_signal(number)

        def comes(number: int, frame: FrameType | None) -> object:
            """The frame to show, or None while ours runs: the signal comes again then."""
            if not self._interrupts_ours(frame):
                return (self.visible(frame),)
            if number not in self._waiting:
                self._waiting.add(number)
                start(opaque(again), (number,))
            return None

        come = opaque(comes)

        def given(handler: Any) -> Any:
            return self._handlers.get(id(handler), (None, handler))[1]

        def install(number: Any, handler: Any) -> Any:
            if callable(handler) and not isinstance(handler, int):
                wrapped = _delivering(handler, come)
                self._handlers[id(wrapped)] = (wrapped, handler)
                handler = wrapped
            return given(genuine(number, handler))

        self._put(_signal, "signal", sealed(install))
        self._put(_signal, "getsignal", sealed(lambda number: given(getsignal(number))))

    # --- the collector's lists ------------------------------------------------------------

    def _collector(self) -> None:
        objects = self._take(gc, "get_objects")
        referrers = self._take(gc, "get_referrers")
        self._take(gc, "get_referents")
        told = self._told

        def kept(found: list[Any]) -> list[Any]:
            # Of what isn't ours, nothing refers to ours but through what is so by itself.
            return [thing for thing in found if not self._is_kept(thing)]

        self._put(gc, "get_objects", sealed(lambda generation=None: told(objects(generation))))
        self._put(gc, "get_referrers", sealed(lambda *asked: told(referrers(*asked))))
        self._put(gc, "get_referents", sealed(lambda *asked: kept(_referents(*asked))))

    def _told(self, found: list[Any]) -> list[Any]:
        secret = self._secrets()
        return [thing for thing in found if id(thing) not in secret and not self._is_kept(thing)]

    def _is_kept(self, thing: Any) -> bool:
        """What is ours wherever it hangs: frames, classes, functions and modules."""
        kind = type(thing)
        if kind is FrameType:
            return self.is_ours(thing)
        if kind is FunctionType:
            return id(thing.__globals__) in self._globals
        if kind is dict:  # Python keeps a copy of what the module sys began with
            return thing.get("_getframe") is self._genuine["sys._getframe"]
        return self._is_own_class(kind) or (issubclass(kind, type) and self._is_own_class(thing))

    def _is_own_class(self, kind: type) -> bool:
        name = type.__dict__["__module__"].__get__(kind)
        return isinstance(name, str) and name in self._names

    def _secrets(self) -> set[int]:
        """The identities of what hangs on the roots: our objects, and what contains them."""
        seen = {id(genuine) for genuine in self._genuine.values()}
        waiting = [*self._roots, *self._modules, *map(vars, self._modules)]
        while waiting:
            thing = waiting.pop()
            if id(thing) in seen:
                continue
            seen.add(id(thing))
            waiting.extend(held for held in _referents(thing) if self._leads_on(held))
        return seen

    def _leads_on(self, held: Any) -> bool:
        kind = type(held)
        if kind is FunctionType:
            return id(held.__globals__) in self._globals
        return any(kind is one for one in CONTAINERS) or self._is_own_class(kind)

    # --- classes and modules --------------------------------------------------------------

    def _classes(self) -> None:
        genuine = self._genuine["__subclasses__"] = _own(type)["__subclasses__"]
        subclasses = sealed(
            lambda kind: [each for each in genuine(kind) if not self._is_own_class(each)]
        )
        _replace(type, "__subclasses__", subclasses)
        for forget in typing._cleanups:  # type: ignore[attr-defined]  # noqa: SLF001
            forget()  # what has been annotated with, classes of ours too, is kept in its caches

    def _modules_again(self) -> None:
        """A second import of a built-in module would bring the genuine functions back."""
        genuine = self._take(_imp, "create_builtin")
        kept = {module.__name__: module for module in (gc, sys, _signal, _imp, _thread, builtins)}

        def create(spec: Any) -> Any:
            name = getattr(spec, "name", None)
            return kept[name] if isinstance(name, str) and name in kept else genuine(spec)

        self._put(_imp, "create_builtin", sealed(create))


def _looking(install: Callable[..., Any], skip: Callable[..., Any]) -> Callable[..., Any]:
    """``sys.settrace`` and its kin, whose function isn't told of our frames."""

    def set_hook(function: Any, /) -> None:
        if function is None:
            install(None)
            return

        def look(frame: Any, event: Any, argument: Any) -> Any:
            return None if skip(frame) else function(frame, event, argument)

        install(look)

    return stateless(set_hook)


def _hearing(install: Callable[..., Any], skip: Callable[..., Any]) -> Callable[..., Any]:
    """``sys.addaudithook``, whose hook isn't told what ours do."""

    def addaudithook(hook: Any) -> None:
        def hear(event: str, arguments: tuple[Any, ...]) -> None:
            if not skip():
                hook(event, arguments)

        install(hear)

    return stateless(addaudithook)


def _delivering(handler: Any, come: Callable[..., Any]) -> Callable[..., Any]:
    """A handler of a signal that is called when ours doesn't run, with a frame to be seen."""

    def deliver(number: int, frame: FrameType | None) -> None:
        shown = come(number, frame)
        if shown is not None:
            handler(number, *shown)

    return stateless(deliver)


def _is_program(frame: FrameType) -> bool:
    """Whether a frame runs code that was handed in, or called by it: its globals are named so."""
    return _globals_of(frame).get("__name__") in ("__main__", "submission", "props")


def _own(kind: type) -> dict[str, Any]:
    """The dictionary of a built-in type itself, which ``__dict__`` shows read-only."""
    own: Iterator[Any] = iter(_referents(vars(kind)))
    return next(own)


def _replace(kind: type, name: str, value: Any) -> None:
    _own(kind)[name] = value
    ctypes.pythonapi.PyType_Modified(ctypes.py_object(kind))
