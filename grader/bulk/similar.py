"""Submissions that are alike: a hint for a person to look at, and never a mark.

Theory of operation. A submission is cut into pieces: a notebook's cells, a script's functions,
classes and what stands between. Of each piece the tokens count, without comments, with every
plain name taken for the same one, so that renaming and laying out anew change nothing. Lines of
the starter are left out, and lines that many of the class have: what is asked of everybody tells
nothing. What is left of two submissions is compared piece by piece, each with the nearest of the
other, in whatever order they stand (rapidfuzz's normalised Indel similarity). Short exercises may
leave nothing to compare; then nobody is named.
"""

from __future__ import annotations

import ast
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from itertools import pairwise

from pygments.lexers import PythonLexer
from pygments.token import Comment, Literal, Name, Token

from grader.bulk.journal import Journal
from grader.errors import UsageError
from grader.model import Exercise, Submission, SubmissionKind
from grader.observation import file

LIKE = 0.8
"""The share of the smaller work's own tokens that has to be found in the other."""
MOST_PAIRS = 50
_LEAST_TOKENS = 60
_LEAST_OF_A_PIECE = 8
_COMMON = 0.1
_FEW = 3
"""Lines that more than a tenth of the class have, and more than three, are common."""
_SAME = 0.7
_FIRST_CHARACTER = 0x100
_KEPT = "alike"
"""By this name the journal has the pairs."""

Line = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A piece of one submission and the one it is like: where each stands."""

    here: str
    there: str
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two submissions of a class, by their numbers in it, and how much of the smaller is alike."""

    one: int
    other: int
    share: float
    matches: tuple[Match, ...]


@dataclass(frozen=True, slots=True)
class _Piece:
    place: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class _Work:
    """What is left of a submission: its pieces as text of one character a token."""

    number: int
    places: tuple[str, ...]
    texts: tuple[str, ...]

    @property
    def size(self) -> int:
        """How many tokens it has."""
        return sum(map(len, self.texts))


def check_installed() -> None:
    """Says before anything is graded what would fail after it.

    Raises:
        UsageError: rapidfuzz isn't installed.
    """
    if find_spec("rapidfuzz") is None:
        raise UsageError(
            "--similar needs rapidfuzz, which isn't installed here: "
            "pip install 'torch-grade[similar]'"
        )


def of_class(journal: Journal, exercise: Exercise) -> list[Pair]:
    """The pairs of a class that are alike; numbers are the places in the journal's rows."""
    works = []
    for number, row in enumerate(journal.rows()):
        kept = journal.observation(row.key)
        if kept:
            works.append((number, file.decode(kept, row.path).submission))
    return pairs(works, exercise.starter.read_text(encoding="utf-8"))


def keep(journal: Journal, exercise: Exercise) -> None:
    """Compare a class, and keep the pairs in its journal."""
    people = journal.people()
    said = [
        {**asdict(pair), "one": people[pair.one], "other": people[pair.other]}
        for pair in of_class(journal, exercise)
    ]
    journal.set_about(_KEPT, json.dumps(said))


def kept(journal: Journal) -> list[Pair] | None:
    """The pairs that were kept, of hand-ins that still count; None where nobody asked for any."""
    said = journal.about(_KEPT)
    if not said:
        return None
    numbers = {who: number for number, who in enumerate(journal.people())}
    found = []
    for each in json.loads(said):
        one, other = (numbers.get(tuple(each[name])) for name in ("one", "other"))
        if one is not None and other is not None:
            matches = tuple(Match(**match) for match in each["matches"])
            found.append(Pair(one=one, other=other, share=each["share"], matches=matches))
    return found


def pairs(works: Sequence[tuple[int, Submission]], starter: str) -> list[Pair]:
    """The pairs that are alike, the most alike first, at most MOST_PAIRS.

    Args:
        works: each submission with its number in the class.
        starter: the starter's text.
    """
    cut = {number: list(_pieces(submission)) for number, submission in works}
    left = [work for work in _without_common(cut, _lines(starter)) if work.size >= _LEAST_TOKENS]
    found = [pair for number, work in enumerate(left) for pair in _like(work, left[number + 1 :])]
    found.sort(key=lambda pair: (-pair.share, pair.one, pair.other))
    return found[:MOST_PAIRS]


# --- pieces ----------------------------------------------------------------------------------


def _pieces(submission: Submission) -> Iterator[_Piece]:
    if submission.kind is SubmissionKind.NOTEBOOK:
        for cell in submission.cells:
            yield _Piece(f"cell {cell.number}", _lines(cell.source))
        return
    source = submission.source
    starts = [*_starts(source), len(source.split("\n")) + 1]
    for start, end in pairwise(starts):
        text = "\n".join(source.split("\n")[start - 1 : end - 1])
        yield _Piece(f"lines {start} to {end - 1}", _lines(text))


def _starts(source: str) -> list[int]:
    """The lines at which a script's functions and classes begin and end; 1 where it has none."""
    try:
        body = ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return [1]
    found = {1}
    for statement in body:
        if isinstance(statement, (ast.FunctionDef, ast.ClassDef, ast.AsyncFunctionDef)):
            found |= {statement.lineno, (statement.end_lineno or statement.lineno) + 1}
    return sorted(found)


def _lines(source: str) -> tuple[Line, ...]:
    """Each line's tokens, as they are compared; lines without any are left out."""
    lines: list[list[str]] = [[]]
    before = ""
    for kind, text in PythonLexer().get_tokens(source):
        if text.isspace():
            lines += [[] for _ in range(text.count("\n"))]
        elif kind in Comment:
            continue
        elif kind in Literal.String:
            if lines[-1][-1:] != ["'"]:
                lines[-1].append("'")
        elif kind in Name and kind not in Name.Builtin and before != ".":
            lines[-1].append("name")
        elif kind is not Token.Error:
            lines[-1].append(text)
        before = text if text.strip() else before
    return tuple(tuple(line) for line in lines if line)


def _without_common(cut: dict[int, list[_Piece]], starter: Iterable[Line]) -> Iterator[_Work]:
    """The works without the lines that the starter, or many of the class, have too."""
    counts: Counter[Line] = Counter()
    for pieces in cut.values():
        counts.update({line for piece in pieces for line in piece.lines})
    often = max(_FEW, _COMMON * len(cut))
    common = {line for line, count in counts.items() if count > often} | set(starter)
    letters: dict[str, str] = {}
    for number, pieces in cut.items():
        kept = [
            (piece.place, _as_text((line for line in piece.lines if line not in common), letters))
            for piece in pieces
        ]
        kept = [(place, text) for place, text in kept if len(text) >= _LEAST_OF_A_PIECE]
        yield _Work(number, tuple(p for p, _ in kept), tuple(t for _, t in kept))


def _as_text(lines: Iterable[Line], letters: dict[str, str]) -> str:
    """One character for each token."""
    tokens = (token for line in lines for token in line)
    return "".join(letters.setdefault(each, _letter(len(letters))) for each in tokens)


def _letter(number: int) -> str:
    """A character that is no half of a surrogate pair."""
    code = _FIRST_CHARACTER + number
    return chr(code if code < 0xD800 else code + 0x800)  # noqa: PLR2004  # where the halves stand


# --- comparing -------------------------------------------------------------------------------


def _like(work: _Work, others: Sequence[_Work]) -> Iterator[Pair]:
    """The works behind this one that are like it."""
    texts = [text for other in others for text in other.texts]
    if not texts:
        return
    scores = _scores(work.texts, texts)
    start = 0
    for other in others:
        end = start + len(other.texts)
        pair = _pair(work, other, [row[start:end] for row in scores])
        start = end
        if pair.share >= LIKE:
            yield pair


def _scores(here: Sequence[str], there: Sequence[str]) -> list[list[float]]:
    """How alike each piece here is to each there, from 0 to 1; little is 0."""
    from rapidfuzz import process  # noqa: PLC0415  # an extra
    from rapidfuzz.distance import Indel  # noqa: PLC0415

    found = process.cdist(here, there, scorer=Indel.normalized_similarity, score_cutoff=_SAME)
    scores: list[list[float]] = found.tolist()
    return scores


def _pair(one: _Work, other: _Work, scores: list[list[float]]) -> Pair:
    """How alike two works are: the smaller one, each of its pieces with the nearest one."""
    if other.size < one.size:
        turned = [list(column) for column in zip(*scores, strict=True)]
        pair = _pair(other, one, turned)
        there = tuple(Match(here=m.there, there=m.here, share=m.share) for m in pair.matches)
        return Pair(one=one.number, other=other.number, share=pair.share, matches=there)
    total = 0.0
    matches: list[Match] = []
    for place, text, row in zip(one.places, one.texts, scores, strict=True):
        best = max(range(len(row)), key=row.__getitem__, default=None)
        if best is not None and row[best] > 0:
            total += row[best] * len(text)
            matches.append(Match(here=place, there=other.places[best], share=row[best]))
    share = total / one.size
    return Pair(one=one.number, other=other.number, share=share, matches=tuple(matches))
