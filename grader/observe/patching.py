"""Doors: attributes of torch's that lead past the recorder, while one listens.

Runs in the student's process. A door is put in place before the program is loaded, because a
name that the program binds (``from torch.autograd import grad``) stays what it was then. As long
as nobody listens, whoever comes through is let pass. What the program can see of a door holds
nothing of ours (`grader.observe.opaque`).
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import torch
from torch.jit import _builtins

from grader.observe.opaque import Direct, Switch, Way, stateless

Before = Callable[[tuple[Any, ...], dict[str, Any]], object]
"""Told the arguments of a call that begins. It returns what becomes of the call: after None it
passes and `After` is not called, `StopReplay` ends the program there."""
After = Callable[[tuple[Any, ...], dict[str, Any], Any], object]
"""Told the arguments of a call that has ended, and its result; `FAILED` if it raised."""
Make = Callable[[Any, Callable[..., Any], Callable[..., Any]], Callable[..., Any]]
"""Makes the function in a door of what was there, and of what to call before and after it."""

_ABSENT = object()
FAILED = type("Failed", (), {"__slots__": ()})()


class StopReplay(BaseException):
    """Raised in the student's code when it has made the steps that were asked for.

    A BaseException, so that ``except Exception`` lets it pass.
    """


def around(original: Any, enter: Callable[..., Any], leave: Callable[..., Any]) -> Any:
    """A function in the place of ``original`` that tells of each call to it."""
    stop, failed, compiles = StopReplay, FAILED, torch.compiler.is_compiling

    def call(*args: Any, **kwargs: Any) -> Any:
        if compiles():  # a compiler that reads this can't look into C
            return original(*args, **kwargs)
        word = enter(args, kwargs)
        if not word:  # 0 where nobody listens
            return original(*args, **kwargs)
        if word is stop:
            raise stop
        try:
            output = original(*args, **kwargs)
        except BaseException:
            leave(args, kwargs, failed)
            raise
        leave(args, kwargs, output)
        return output

    return functools.update_wrapper(stateless(call), original)


class Door:
    """One replaced attribute, and whoever listens to its calls.

    While nobody does, and while who does is `deaf`, no code of ours is called.
    """

    __slots__ = (
        "_after", "_before", "_entry", "_exit", "_looks", "_plain", "deaf", "function", "hear",
        "name", "old", "owner",
    )  # fmt: skip

    def __init__(self, owner: Any, name: str, make: Make) -> None:
        self.owner, self.name = owner, name
        self._before: Before | None = None
        self._after: After | None = None
        self.old = vars(owner).get(name, _ABSENT)
        original = getattr(owner, name, None)
        self._entry, self._exit = Switch(), Switch()
        self._plain = self._entry.way(self._enter), self._exit.way(self._leave)
        self.hear = self.deaf = self._entry.off
        self.function = make(original, self._entry.function, self._exit.function)
        setattr(owner, name, self.function)
        self._looks = _looks(self.function)
        known = _builtins._find_builtin(original)  # type: ignore[no-untyped-call]
        if known is not None:  # TorchScript goes by identity
            _builtins._register_builtin(self.function, known)

    def listen(self, before: Before | None, after: After | None) -> None:
        """Let someone listen, beside whoever does; or nobody any more.

        A listener may be `deaf` for a while, and `hear` again; of two, neither is.
        """
        is_shared = self._before is not None and before is not None
        if self._before is not None and before is not None:
            both = _Both((self._before, self._after), (before, after))
            before, after = both.before, both.after
        self._before, self._after = before, after
        self.hear, hear_ends = self._plain
        if before is None:
            self.hear = self._entry.off
        self.deaf = self.hear if is_shared else self._entry.off
        self.hear()
        hear_ends()

    def shorten(self, before: Direct, after: Direct) -> None:
        """Call the only listener directly; see `Patches.directly`."""
        if self.deaf is not self.hear:
            self.hear = self._entry.way(before)
            self.hear()
            self._exit.way(after)()

    def _enter(self, _: object, arguments: tuple[Any, ...]) -> object:
        before = self._before
        try:
            return None if before is None else before(*arguments)
        except BaseException:  # noqa: BLE001 - no exception can pass through a C function
            return None

    def _leave(self, _: object, arguments: tuple[Any, ...]) -> object:
        after = self._after
        try:
            return None if after is None else after(*arguments)
        except BaseException:  # noqa: BLE001 - no exception can pass through a C function
            return None

    def is_lost(self) -> bool:
        """Whether the attribute, or the function that was put there, is another one now."""
        there = vars(self.owner).get(self.name)
        return there is not self.function or _looks(self.function) != self._looks

    def remove(self, afterwards: Any) -> None:
        """Put back what was there; ``afterwards`` in the place of an absence, if not None."""
        if vars(self.owner).get(self.name) is not self.function:
            return  # someone replaced it after us: theirs is not ours to remove
        if self.old is not _ABSENT:
            setattr(self.owner, self.name, self.old)
        elif afterwards is not None:
            setattr(self.owner, self.name, afterwards)
        else:
            delattr(self.owner, self.name)


class _Both:
    """Two who listen at one door: each is told the end of the calls that it asked for."""

    def __init__(
        self, first: tuple[Before, After | None], second: tuple[Before, After | None]
    ) -> None:
        self._listeners = (first, second)
        self._words: list[list[object]] = []  # of the calls that are running, innermost last

    def before(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> object:
        """Tell both; `StopReplay` of either ends the program."""
        words = [before(args, kwargs) for before, _ in self._listeners]
        if StopReplay in words:
            return StopReplay
        if words == [None, None]:
            return None
        self._words.append(words)
        return True

    def after(self, args: tuple[Any, ...], kwargs: dict[str, Any], output: Any) -> None:
        """Tell whoever wanted to hear of it."""
        words = self._words.pop()
        for word, (_, after) in zip(words, self._listeners, strict=True):
            if word is not None and after is not None:
                after(args, kwargs, output)


def _one_by_one(*listeners: Callable[..., Any]) -> Callable[..., Any]:
    """Several who listen to one hook; the answer is the first that is one."""

    def tell(*args: Any) -> Any:
        answers = [listener(*args) for listener in listeners]
        return next((answer for answer in answers if answer is not None), None)

    return tell


def _looks(function: Any) -> tuple[Any, ...]:
    """What a Python function does, as far as it could be changed from outside."""
    cells = getattr(function, "__closure__", None) or ()
    return (
        getattr(function, "__code__", None),
        tuple(id(cell.cell_contents) for cell in cells),
        getattr(function, "__defaults__", None),
    )


class Patches:
    """All doors and hooks of a process. `close` leaves them in place, with nobody listening."""

    def __init__(self) -> None:
        self._doors: dict[tuple[int, str], tuple[Door, Any, bool]] = {}
        self._hooks: dict[Any, tuple[Callable[..., Any], Any, Switch, Way]] = {}
        self._listeners: dict[Any, Callable[..., Any]] = {}

    def around(
        self,
        owner: Any,
        name: str,
        before: Before | None,
        after: After | None = None,
        *,
        make: Make = around,
        afterwards: Any = None,
        guarded: bool = True,
    ) -> Door:
        """Listen to the calls of ``owner.name``, through a door that is made if there is none.

        Several may listen at one door, the first first.

        Args:
            owner: A module or a class.
            name: Its attribute, which may be absent.
            before: What is called before; None for a door that nobody listens at yet.
            after: What is called after.
            make: Makes the function in the door.
            afterwards: Stays there instead of an absence that can't come back.
            guarded: Whether a program that replaces it has broken its recording.

        Returns:
            The door, for who wants to hear nothing for a while.
        """
        key = (id(owner), name)
        if key not in self._doors:
            self._doors[key] = Door(owner, name, make), afterwards, guarded
        door, *_ = self._doors[key]
        door.listen(before, after)
        return door

    def directly(self, owner: Any, name: str, before: Direct, after: Direct) -> Door:
        """The same for what is called in each step: a function of ours less, each time.

        ``before`` and ``after`` get None and a tuple of what `Before` and `After` get, and must
        not raise.
        """

        def begins(args: tuple[Any, ...], kwargs: dict[str, Any]) -> object:
            return before(None, (args, kwargs))

        def ends(args: tuple[Any, ...], kwargs: dict[str, Any], output: Any) -> object:
            return after(None, (args, kwargs, output))

        door = self.around(owner, name, begins, ends)
        door.shorten(before, after)
        return door

    def hook(
        self,
        register: Callable[..., Any],
        listener: Callable[..., Any],
        stop: Any = None,
        directly: Direct | None = None,
    ) -> None:
        """Let one of torch's global hooks lead to ``listener``.

        ``listener`` may answer ``stop``, an exception, which the hook then raises. Several may
        listen to one hook, the first first. ``directly``: the same, for the only one; see
        `directly`.
        """
        known = self._listeners.get(register)
        self._listeners[register] = listener if known is None else _one_by_one(known, listener)
        if register not in self._hooks:
            self._hooks[register] = self._registered(register, stop)
        *_, switch, plain = self._hooks[register]
        way = plain if directly is None or known is not None else switch.way(directly)
        way()

    def _registered(self, register: Callable[..., Any], stop: Any) -> tuple[Any, Any, Switch, Way]:
        listeners = self._listeners

        def told(_: object, arguments: tuple[Any, ...]) -> Any:
            listening = listeners.get(register)
            try:
                return None if listening is None else listening(*arguments)
            except BaseException:  # noqa: BLE001 - no exception can pass through a C function
                return None

        switch = Switch()
        tell = switch.function

        def hook(*args: Any) -> None:
            word = tell(*args)
            if word is not None and word is stop:
                raise stop

        made = stateless(hook)
        return made, register(made), switch, switch.way(told)

    def lost(self) -> list[str]:
        """The names of attributes and hooks that no longer are what was put there."""
        names = [
            f"{getattr(door.owner, '__name__', door.owner)}.{door.name}"
            for door, _, guarded in self._doors.values()
            if guarded and door.is_lost()
        ]
        return names + [
            register.__name__
            for register, (made, handle, *_) in self._hooks.items()
            if (handle.hooks_dict_ref() or {}).get(handle.id) is not made
        ]

    def renew(self) -> None:
        """Forget the doors that something was put over: the next ones come to lie around that.

        For before a program runs, when what was put there is a rehearsal of the grader's own.
        """
        for key, (door, *_) in list(self._doors.items()):
            if door.is_lost():
                del self._doors[key]

    def close(self) -> None:
        """Let everybody pass."""
        self._listeners.clear()
        for door, *_ in self._doors.values():
            door.listen(None, None)
        for *_, switch, _ in self._hooks.values():
            switch.off()

    def undo(self) -> None:
        """Take the doors and hooks away, last first."""
        self.close()
        for door, afterwards, _ in reversed(self._doors.values()):
            door.remove(afterwards)
        for _, handle, *_ in self._hooks.values():
            handle.remove()
        self._doors.clear()
        self._hooks.clear()
