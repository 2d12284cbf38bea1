"""Answers of several parts: what a question for more than one thing gets from one passage."""

from __future__ import annotations

import re
from collections.abc import Sequence

from qa.reader.decoding import Candidate

_MORE_THAN_ONE = re.compile(
    r"\b(?:two|three|four|five|six|seven|both|several|all|list|names|reasons|kinds|types|ways)\b"
    r"|\b(?:which|what)\s+\w+s\s+(?:are|were|did|do|have|had|can|could|will|would|has|should|may|might)\b"
    r"|\bwho\s+(?:are|were)\b",
    re.IGNORECASE,
)

_CLOSE = 1.5
"""A further span belongs to the answer when it is at most this many logits behind the best ..."""
_SURE = 2.0
"""... and at least this many ahead of the null answer."""


def parts(question: str, candidates: Sequence[Candidate]) -> list[Candidate]:
    """The spans that together answer, the best first; it alone where one thing is asked for."""
    best = candidates[0]
    if not _MORE_THAN_ONE.search(question):
        return [best]
    close = [each for each in candidates[1:] if each.margin >= max(_SURE, best.margin - _CLOSE)]
    return [best, *sorted(close, key=lambda each: each.start)]
