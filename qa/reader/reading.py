"""What the network says of one passage, and when two passages say the same."""

from __future__ import annotations

import re
from dataclasses import dataclass

from qa.reader.decoding import Candidate
from qa.types import Hit

NOTHING = -30.0
"""The margin of a passage without any span: below that of every real one."""

_WORD = re.compile(r"\d+(?:[.,]\d+)+|\w+")
_NUMBER = re.compile(r"(?!\d{4}\Z)\d+(?:[.,]\d+)*")
_ARTICLES = {"a", "an", "the"}


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


def agree(one: Reading, other: Reading) -> bool:
    """Whether the best spans of two passages say the same."""
    if not one.candidates or not other.candidates:
        return False
    return same_answer(one.text(one.candidates[0]), other.text(other.candidates[0]))


def same_answer(one: str, other: str) -> bool:
    """Whether two answers have the same words, or all words of the shorter stand in a row in the longer.

    A number by itself is the same only as a whole answer, unless it is a year: 20 is not 20 million.
    """
    first, second = sorted((_words(one), _words(other)), key=len)
    if not first or first == second:
        return bool(first)
    if all(_NUMBER.fullmatch(word) for word in first):
        return False
    return any(second[at : at + len(first)] == first for at in range(len(second) - len(first) + 1))


def _words(text: str) -> list[str]:
    return [word for word in _WORD.findall(text.casefold()) if word not in _ARTICLES]
