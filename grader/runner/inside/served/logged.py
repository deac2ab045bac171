"""Loggers that nobody reads: what a program tells them is dropped, and its training goes on.

What a program keeps there to read it back (``wandb.config``) is kept. Where a logger would run
the program itself (``wandb.agent``), it fails when it is used.
"""

from __future__ import annotations

from types import ModuleType
from typing import Any, Self

from grader.runner.inside.served.unusable import Unusable

NOTE = "{name} is not there; what is told to it was dropped."

RUNS_THE_PROGRAM = frozenset(("agent", "sweep", "launch", "projects"))


def fill(module: ModuleType) -> None:
    """Give a logger's module every name that may be asked for."""
    config = Config()
    name = module.__name__

    def part(asked: str) -> Any:
        if asked.startswith("__"):
            raise AttributeError(asked)
        if asked == "config":
            return config
        if asked in RUNS_THE_PROGRAM:
            return Unusable(f"{name}.{asked}")
        return _Begin(config) if asked == "init" else Nothing()

    module.__getattr__ = part  # type: ignore[method-assign]


class Nothing:
    """A writer, a run, an experiment: whatever is called on it does nothing."""

    def __init__(self, *_: object, **__: object) -> None:
        """Whatever it is made of."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return Nothing()

    def __call__(self, *args: Any, **_: object) -> Any:
        """Another one; as a decorator the function itself."""
        if len(args) == 1 and callable(args[0]) and hasattr(args[0], "__code__"):
            return args[0]
        return Nothing()

    def __instancecheck__(self, value: object) -> bool:
        """Whether a value is one of these."""
        return type(value) is Nothing

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing is closed."""

    def __setitem__(self, *_: object) -> None:
        """Nothing is kept."""

    def __str__(self) -> str:
        return ""


class _Begin:
    """``wandb.init(config=…)``: a run whose settings can be read."""

    def __init__(self, config: Config) -> None:
        self._config = config

    def __call__(self, *_: object, config: Any = None, **__: object) -> Nothing:
        """A run that has the program's own settings as its ``config``."""
        self._config.update({} if config is None else config)
        run = Nothing()
        run.config = self._config  # type: ignore[attr-defined]
        return run


class Config(dict[str, Any]):
    """Settings that are read as items and as attributes."""

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None

    def __setattr__(self, name: str, value: object) -> None:
        self[name] = value

    def update(self, *given: Any, **more: Any) -> None:
        """As a dictionary's; arguments of a command line (a namespace) are taken too."""
        for each in given:
            super().update(each if isinstance(each, dict) else vars(each))
        more.pop("allow_val_change", None)
        super().update(more)


class Empty:
    """Colours that aren't there: each is an empty text."""

    def __getattr__(self, name: str) -> str:
        if name.startswith("__"):
            raise AttributeError(name)
        return ""
