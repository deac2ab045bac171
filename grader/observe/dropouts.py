"""Dropout that acts while a model evaluates: seen as the operation that runs.

Runs in the student's process. A model in evaluation mode runs no dropout, unless one in it
doesn't know of the mode: a function that isn't told, or a module made anew in each forward. The
first forwards in evaluation mode are looked at. All ways to drop meet in torch's own operations.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import _VF, nn, overrides
from torch.nn import functional
from torch.nn.modules import dropout as modules

from grader.observe.log import OURS, Log
from grader.observe.looking import first_argument, is_exactly, modules_in
from grader.observe.patching import Patches

LOOKS = 3
"""Forwards of a model in evaluation mode that are looked at."""
OPERATIONS = (
    "dropout", "dropout_", "alpha_dropout", "alpha_dropout_", "feature_dropout",
    "feature_dropout_", "feature_alpha_dropout", "feature_alpha_dropout_",
)  # fmt: skip
P, TRAINING = 1, 2
BETWEEN = (OURS, functional.__file__, overrides.__file__)


class Dropouts:
    """Notes the first dropout that acts by itself inside of the forward that is looked at.

    A dropout layer of the model that was left, or put, in training mode is its mode's affair.
    """

    def __init__(self, log: Log) -> None:
        self._log = log
        self._module: nn.Module | None = None
        self._found: tuple[int, float] | None = None

    def install(self, patches: Patches) -> None:
        """Listen to torch's operations that drop."""
        for owner in (_VF, torch):
            for name in OPERATIONS:
                patches.around(owner, name, self._dropping)

    def begin(self, module: nn.Module) -> None:
        """Look at the forward of ``module`` that begins."""
        self._module, self._found = module, None

    def end(self) -> tuple[int, float] | None:
        """Look no more; the line and the share of what was dropped, if something was."""
        found = self._found
        self._module = self._found = None
        return found

    def _dropping(self, args: tuple[Any, ...], _: dict[str, Any]) -> None:
        if self._module is None or self._found is not None or len(args) <= TRAINING:
            return
        p, training = args[P], args[TRAINING]
        if training is not True or not is_exactly(p, float, int) or not 0 < p < 1:
            return
        try:
            self._note(self._module, float(p))
        except Exception as error:  # noqa: BLE001 - ours must not end the student's run
            self._log.fault("dropout", error)

    def _note(self, module: nn.Module, p: float) -> None:
        frame = self._log.outside()
        while frame is not None and frame.f_code.co_filename.startswith(BETWEEN):
            frame = frame.f_back
        if frame is not None and frame.f_code.co_filename == modules.__file__:
            owner = first_argument(frame)
            if any(part is owner for part in modules_in(module)):
                return
        self._found = self._log.place(self._log.student_from(frame)), p
