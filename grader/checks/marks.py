"""The mark that makes a test function a check."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import pytest

Function = TypeVar("Function", bound=Callable[..., Any])

MARK = "grade_check"


def check(check_id: str) -> Callable[[Function], Function]:
    """Mark a test function as the check of the rubric line ``check_id``.

    The docstring's first sentence is what a learner reads when it passes.
    """
    return getattr(pytest.mark, MARK)(check_id)  # type: ignore[no-any-return]
