"""The style guide (docs/style.md) as functions: what is wrong with a sentence of a rule."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.model import Finding

_THINGS = (
    "backward passes|batches|cells|checks|classes|digits|epochs|findings|forward passes|images|"
    "labels|lines|losses|models|numbers|operations|outputs|parameters|points|predictions|rows|"
    "samples|steps|tensors|times|units|updates|weights"
)
SINGULAR = re.compile(rf"(?<![\d.,·])\b1 (?:{_THINGS})\b(?! [×x])")  # pandas: "1 rows × 3 columns"
PERCENT = re.compile(r"\d%(?![\w(])")
_THOUSANDS = re.compile(rf"(?<![\d.,])\d{{4,}} (?:{_THINGS})\b")
_BLAME = re.compile(
    r"\b(?:just|simply|obviously|easily|of course|forg[oe]t|should have)\b|!", re.IGNORECASE
)
_LONGEST = {"what": 200, "fix": 200, "sentence": 300}


def faults(kind: str, text: str) -> Iterator[str]:
    """What is wrong with one of ``what``, ``fix``, ``why`` and the ``sentence`` of an evidence."""
    whole = kind in {"why", "sentence"}
    if text.endswith(".") is not whole:
        yield "a sentence ends with its full stop" if whole else "it ends without a full stop"
    if kind == "fix" and text[:1].isupper():
        yield "an instruction begins with a small letter"
    for pattern, said in (
        (SINGULAR, "one thing is no plural"),
        (PERCENT, "per cent is a number, a space and the sign"),
        (_THOUSANDS, "thousands have a comma"),
        (_BLAME, "it blames, or belittles"),
    ):
        if found := pattern.search(text):
            yield f"{said}: {found[0]!r}"
    if len(text) > _LONGEST.get(kind, 1_000):
        yield f"it is too long to be read at once: {len(text)} letters"


def of_finding(finding: Finding) -> list[str]:
    """What is wrong with any sentence of a finding."""
    told = [("what", finding.what), ("fix", finding.fix), ("why", finding.why)]
    told += [("sentence", each.sentence) for each in finding.evidence if each.sentence]
    return [f"{kind}: {fault}: {text}" for kind, text in told for fault in faults(kind, text)]
