"""What a closer look at a class shows: marks that hang on little."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from grader.comparison import is_near

NEAR = 0.05
"""A number that is no share, and so near to its threshold, is worth a look: this part of it."""


def near(result: Mapping[str, Any]) -> Iterator[str]:
    """The checks that a little more or less would have turned, each in a few words."""
    for check in result["checks"]:
        for made in check.get("compared", ()):
            measured, threshold = made["measured"], made["threshold"]
            if isinstance(measured, str) or isinstance(threshold, str):
                continue
            if _is_near(measured, threshold, made["count"]):
                yield (
                    f"{check['title']}: {_said(measured, made)}, asked for {made['relation']} "
                    f"{_said(threshold, made)}"
                )


def _is_near(measured: float, threshold: float, count: int) -> bool:
    if count and 0 < threshold < 1:
        return is_near(measured, threshold, count)
    return abs(measured - threshold) < NEAR * abs(threshold)


def _said(value: float, made: Mapping[str, Any]) -> str:
    return f"{100 * value:.1f} %" if made["count"] else f"{value:.4g}"
