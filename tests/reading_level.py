"""How many years of school a text asks for: the formula of Flesch and Kincaid (1975).

As in Flesch's directions a sentence is a unit of thought, so that a colon or a semicolon ends one.
Libraries do it from a dictionary that they fetch, which a test may not.
"""

from __future__ import annotations

import re

_BLOCK = re.compile(r"```[\s\S]*?```|^ {4,}\S.*$|^\|.*$|^#.*$", re.MULTILINE)
_CODE = re.compile(r"`[^`]*`|\$[^$]*\$|\S*[_()=\[\]{}/\\]\S*|\S*\d\S*")
_WORD = re.compile(r"[A-Za-z]+(?:'[A-Za-z]+)?")
_SENTENCE = re.compile(r"[.!?:;]+(?=\s|$)|\n\s*\n|\n\s*[-*]\s")
_VOWELS = re.compile(r"[aeiouy]+")
_HIATUS = re.compile(r"ua|ie(?=n)|ia(?!l)|eo|ei(?=ng)|iou")
_SILENT = re.compile(r"(?:[^laeiouy]|[aeiouy]l)e$|[^dt]ed$|[^aeiouylr]es$")


def grade(text: str) -> float:
    """The grade of a text; what is code or a formula in it counts as a word of one syllable."""
    prose = _CODE.sub("x", _BLOCK.sub("\n\n", text))
    words = _WORD.findall(prose)
    sentences = [part for part in _SENTENCE.split(prose) if _WORD.search(part or "")]
    if not words:
        return 0.0
    spoken = sum(map(syllables, words))
    return 0.39 * len(words) / len(sentences) + 11.8 * spoken / len(words) - 15.59


def syllables(word: str) -> int:
    """Syllables by groups of vowels: right for nine words in ten."""
    low = word.lower()
    heard = len(_VOWELS.findall(low)) + len(_HIATUS.findall(low))
    return max(heard - bool(_SILENT.search(low)), 1)
