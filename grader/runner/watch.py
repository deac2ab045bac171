"""Seeing which torch functions and modules run while the student's code runs.

An exercise about writing cross-entropy by hand asks whether the built-in was called. Looking
at what runs, and not at the text, finds it under any name, and doesn't mind an honest use
elsewhere in the file. Runs in the student's process.
"""

from __future__ import annotations

from types import TracebackType
from typing import Any, Self

import torch
from torch.nn.modules.module import register_module_forward_pre_hook
from torch.overrides import TorchFunctionMode, resolve_name

MAX_NAMES = 400


class Watch:
    """A context in which every torch function and module that runs is noted by its name.

    Functions are named as ``torch.overrides.resolve_name`` does (``torch.Tensor.matmul``,
    ``torch.nn.functional.cross_entropy``), modules by their class (``torch.nn.Linear``).
    """

    def __init__(self) -> None:
        self.names: set[str] = set()
        self._mode = _Notes(self.names)

    def __enter__(self) -> Self:
        self._hook = register_module_forward_pre_hook(self._module)
        self._mode.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._mode.__exit__(kind, error, traceback)
        self._hook.remove()

    def _module(self, module: torch.nn.Module, _: Any) -> None:
        kind = type(module)
        if kind.__module__.startswith("torch.nn.") and len(self.names) < MAX_NAMES:
            self.names.add(f"torch.nn.{kind.__name__}")


class _Notes(TorchFunctionMode):
    def __init__(self, names: set[str]) -> None:
        super().__init__()
        self._names = names

    def __torch_function__(  # type: ignore[override]
        self, func: Any, types: Any, args: Any = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        del types
        if len(self._names) < MAX_NAMES:
            self._names.add(resolve_name(func) or getattr(func, "__name__", "unnamed"))
        return func(*args, **(kwargs or {}))
