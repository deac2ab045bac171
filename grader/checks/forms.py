"""Known wrong forms of a formula: which of them a wrong answer agrees with, if with one alone.

"Differs from the reference" sends a learner back to the whole formula, "it is the sum over the
batch" to one word of it. A form is named where it gives the very numbers that were answered, up to
the tolerance of the comparison, and no other known form does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import torch

Form = torch.Tensor | Callable[[], torch.Tensor]


def name_the_form(
    answer: torch.Tensor,
    forms: Mapping[str, Form],
    agrees: Callable[[torch.Tensor, torch.Tensor], bool],
) -> str | None:
    """Return the name of the one form that the answer agrees with; None for none or several."""
    found = [name for name, form in forms.items() if _fits(answer, form, agrees)]
    return found[0] if len(found) == 1 else None


def _fits(
    answer: torch.Tensor, form: Form, agrees: Callable[[torch.Tensor, torch.Tensor], bool]
) -> bool:
    wrong = form if isinstance(form, torch.Tensor) else form()
    if not bool(wrong.isfinite().all()):  # of a form that breaks down nothing can be told
        return False
    return agrees(answer, wrong)


def named_number(forms: Mapping[str, float], fits: Callable[[float], bool]) -> str:
    """Return ``: it is NAME`` for the one number that may have been measured, else nothing."""
    found = [name for name, number in forms.items() if fits(number)]
    return f": it is {found[0]}" if len(found) == 1 else ""
