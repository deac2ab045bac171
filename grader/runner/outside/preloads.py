"""Which slow modules a grading will want, so that one process imports them once for many.

Torch alone is enough for most exercises about a component. torchvision takes as long to import as
torch itself; an optimizer imports torch's compiler at its first step, a backward pass from a given
gradient its symbolic shapes. Each fork would do that anew. Words of the texts that will run tell
what is needed; a word that is missed costs time, and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

VISION = (
    "PIL.ImageFile",
    "torchvision",
    "torchvision.datasets",
    "torchvision.transforms",
    "grader.runner.inside.served.vision",
)
"""What images need."""

_WANTED = (
    (re.compile(r"\b(?:torchvision|PIL)\b"), VISION),
    (
        re.compile(r"\b(?:matplotlib|pylab|seaborn)\b"),
        ("PIL.ImageFile", "matplotlib.pyplot", "matplotlib_inline.backend_inline"),
    ),
    (re.compile(r"\boptim\b"), ("torch._dynamo",)),
    (
        re.compile(r"(?<!\bstudent)\.backward\(\s*[^)\s]|\bgrad_outputs\b|\bgradcheck\b"),
        ("torch.fx.experimental.symbolic_shapes",),
    ),
)


def preloads(texts: Iterable[str], *, images: bool) -> tuple[str, ...]:
    """Return the modules, each once, that texts of Python ask for; ``images``: data is given."""
    whole = "\n".join(texts)
    named = [name for word, modules in _WANTED if word.search(whole) for name in modules]
    return tuple(dict.fromkeys((*(VISION if images else ()), *named)))
