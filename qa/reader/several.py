"""Answers of several parts: what a question for more than one thing gets from one passage."""

from __future__ import annotations

import re

from qa.reader.decoding import Candidate
from qa.reader.reading import Reading, compared

_MORE_THAN_ONE = re.compile(
    r"\b(?:two|three|four|five|six|seven|both|several|all|list|names|reasons|kinds|types|ways)\b(?!-)"
    r"|\b(?:which|what)\s+\w+[^\Wsui]s\s+(?:are|were|did|do|have|had|can|could|will|would|has|should|may|might)\b"
    r"|\bwho\s+(?:are|were)\b",
    re.IGNORECASE,
)

_CLOSE = 1.5
"""A further span belongs to the answer when it is at most this many logits behind the best ..."""
_SURE = 2.0
"""... and at least this many ahead of the null answer."""


def asks_for_several(question: str) -> bool:
    """Whether a question asks for more than one thing, as far as its words tell."""
    return bool(_MORE_THAN_ONE.search(question))


def parts(question: str, reading: Reading) -> list[Candidate]:
    """The spans that together answer, the best first; it alone where one thing is asked for."""
    best, *others = reading.candidates
    found = [best]
    if asks_for_several(question):
        for each in sorted(others, key=lambda other: other.start):
            close = each.margin >= max(_SURE, best.margin - _CLOSE)
            if close and all(compared(reading.text(each), reading.text(known)) != "same" for known in found):
                found.append(each)
    return found
