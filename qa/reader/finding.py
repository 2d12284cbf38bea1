"""What reading gives: spans in hits, and how far to trust them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from qa.types import Hit


@dataclass(frozen=True, slots=True)
class Span:
    """An answer inside a hit, as offsets of the document: the minimal span, and the sentence to quote for it.

    Spans of the same `part` say the same; a list that stands in several places is an answer of several parts.
    """

    hit: Hit
    start: int
    end: int
    sentence_start: int
    sentence_end: int
    score: float
    part: int = 0


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found for a question.

    `spans` answer it, best first and by part: the first is the answer, the others say the same elsewhere or add to it.
    `confidence` is the probability that the first is right. `hits` are the passages in the order that reading gave.
    `otherwise` are other answers, of other documents, that are nearly as good; one tuple of agreeing spans each.
    """

    spans: tuple[Span, ...]
    confidence: float
    hits: tuple[Hit, ...]
    otherwise: tuple[tuple[Span, ...], ...] = ()


class Reader(Protocol):
    """Anything that reads passages for an answer. No hits give no spans and confidence 0."""

    def read(self, question: str, hits: Sequence[Hit]) -> Finding: ...
