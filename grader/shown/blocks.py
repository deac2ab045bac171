"""The parts of a hint: paragraphs, and code between fences as Markdown writes them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

TICKS = re.compile(r"`([^`\n]{1,200})`")
"""Code within a sentence, as its writer marks it."""
_FENCED = re.compile(r"^```\w*\n(.*?)\n```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph on one line, or code with its own lines."""

    text: str
    is_code: bool = False


def blocks(text: str) -> Iterator[Block]:
    """Yield the parts in their order; a text without fences is its paragraphs."""
    for number, part in enumerate(_FENCED.split(text)):
        if number % 2:
            yield Block(part, is_code=True)
        else:
            paragraphs = (" ".join(each.split()) for each in part.split("\n\n"))
            yield from (Block(each) for each in paragraphs if each)
