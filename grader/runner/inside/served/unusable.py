"""A name of a package that isn't there: it can be imported, and fails when it is used."""

from __future__ import annotations

from typing import Any, NoReturn, Self


class Unusable:
    """Stands for a function, a class or a module; annotations and settings of it are accepted.

    Using it raises :class:`ModuleNotFoundError`, which says what there is.
    """

    def __init__(self, name: str) -> None:
        self.__dict__["_name"] = name

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return Unusable(f"{self._name}.{name}")

    def __setattr__(self, name: str, value: object) -> None:
        """A setting (``pd.options.display.width = 100``) that has nothing to set."""

    def __call__(self, *_: object, **__: object) -> Any:
        """Fail, unless it is the kind of call that only sets something."""
        if self._name.rpartition(".")[2].startswith(("set", "reset", "init", "filterwarnings")):
            return None
        self._fail()

    def __bool__(self) -> bool:
        """It was imported."""
        return True

    def __instancecheck__(self, _: object) -> bool:
        """Nothing is of a class that isn't there."""
        return False

    __subclasscheck__ = __instancecheck__

    def __or__(self, _: object) -> Self:
        """``pd.DataFrame | None``, as annotations have it."""
        return self

    __ror__ = __getitem__ = __or__

    def __mro_entries__(self, _: object) -> NoReturn:
        """A class can't be built on it."""
        self._fail()

    def _fail(self, *_: object) -> NoReturn:
        package = self._name.partition(".")[0]
        what = f"{self._name} was used, and {package} is not there where programs are graded"
        raise ModuleNotFoundError(what, name=package)

    __iter__ = __len__ = __enter__ = __float__ = __int__ = __array__ = _fail

    def __exit__(self, *_: object) -> None:
        """Never reached: there is nothing to enter."""

    def __repr__(self) -> str:
        return f"<{self._name}, which is not there>"
