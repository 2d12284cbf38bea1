"""What the network says of one passage, and whether two passages say the same."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from typing import Literal

from qa.reader.decoding import Candidate
from qa.types import Hit

NOTHING = -30.0
"""The margin of a passage without any span: below that of every real one."""

Relation = Literal["same", "different", "unclear"]

_WORD = re.compile(r"(?<![\d.,])\d+(?:\.\d+|,\d\d?)(?![.,]?\d)|\w+")
"""A word, or a number with its decimals; a date of three numbers, 12.05.1890, is three."""
_POINTS = re.compile(r"(?<=\d)[,\u202f\u00a0](?=\d{3}(?!\d))|(?<=\b[^\W\d_])\.(?=[^\W\d_]\b)|(?<=\b[^\W\d_])\.(?!\w)")
"""What parts a number's thousands, and the letters of an abbreviation: 1,000 and U.S."""
_ARTICLES = {"a", "an", "the"}
_NUMBERS = {
    word: str(number)
    for number, word in enumerate("zero one two three four five six seven eight nine ten eleven twelve".split())
}
_CHANGING = set(
    """
    not no never non without before after until since over under above below about around nearly almost less more than
    hundred thousand million billion trillion percent half new old north south east west northern southern eastern
    western upper lower great little vice deputy former acting papua anti pre post
    """.split()
)
"""Words that make another thing of what they stand beside: not guilty, New York, 20 million."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The best spans of a passage, best first, and two logits that weigh the passage as a whole."""

    hit: Hit
    candidates: tuple[Candidate, ...]
    answerable: float
    relevance: float

    @property
    def margin(self) -> float:
        """By how much the best span beats the null answer, in logits."""
        return self.candidates[0].margin if self.candidates else NOTHING

    def text(self, candidate: Candidate) -> str:
        """The words of a span."""
        return self.hit.passage.text[candidate.start : candidate.end]


def relation(one: Reading, other: Reading) -> Relation:
    """How the best spans of two passages stand to each other."""
    if not one.candidates or not other.candidates:
        return "unclear"
    return compared(one.text(one.candidates[0]), other.text(other.candidates[0]))


def agree(one: Reading, other: Reading) -> bool:
    """Whether the best spans of two passages say the same."""
    return relation(one, other) == "same"


def compared(one: str, other: str) -> Relation:
    """Whether two answers say the same, judged by their words alone.

    They do when they have the same words in any order, or all words of the shorter stand in a row in the longer and
    what is added there does not change them. They differ when they are of one kind, with numbers or without, and share
    no word. Everything between is unclear.
    """
    first, second = sorted((_words(one), _words(other)), key=len)
    if not first:
        return "unclear"
    if Counter(first) == Counter(second):
        return "same"
    if not set(first) & set(second):
        return "different" if _has_number(first) == _has_number(second) else "unclear"
    inside = any(second[at : at + len(first)] == first for at in range(len(second) - len(first) + 1))
    added = Counter(second) - Counter(first)
    changed = bool(_CHANGING & set(added)) or (_has_number(list(added)) and not _names_a_year(first))
    return "same" if inside and not changed else "unclear"


def _has_number(words: list[str]) -> bool:
    return any(word[0].isdigit() for word in words)


def _names_a_year(words: list[str]) -> bool:
    """Whether words have no number but years, so that further numbers do not change them: 1890 in May 12, 1890."""
    return all(len(word) == 4 for word in words if word[0].isdigit())


def _words(text: str) -> list[str]:
    # NFKC makes plain spaces of those that part thousands.
    plain = unicodedata.normalize("NFKC", _POINTS.sub("", text)).casefold()
    return [_NUMBERS.get(word, word) for word in _WORD.findall(plain) if word not in _ARTICLES]
