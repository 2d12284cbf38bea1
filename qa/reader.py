"""Finds the answer in the passages that were retrieved, and says how far to trust it.

This first reader answers with whole sentences. It compares each sentence with the question by meaning (the encoder) and
by words, and its confidence is a logistic regression over what it sees.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from math import exp
from typing import Protocol

from embeddings import Encoder
from qa import lexical
from qa.passages import statements
from qa.types import Hit

_PASSAGES = 5
"""How many of the best passages are read."""

_MAX_SPANS = 3
_CLOSE = 0.92
"""A further sentence is given when its score is at least this share of the best one's."""

_WEIGHTS = (0.18, 1.12, 3.50, 2.25)
_INTERCEPT = -3.91
"""Fitted by `benchmarks/fit_confidence.py`; `docs/quality.md` has the figures."""

THRESHOLD = 0.35
"""Below this confidence there is no answer. Chosen on the seed questions; `docs/quality.md` has the curve."""

_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Span:
    """An answer inside a hit, as offsets of the document: the minimal span, and the sentence to quote for it."""

    hit: Hit
    start: int
    end: int
    sentence_start: int
    sentence_end: int
    score: float


@dataclass(frozen=True, slots=True)
class Finding:
    """The spans that answer a question, best first, the probability that the best one is right, and the passages in
    the order that reading them gave."""

    spans: tuple[Span, ...]
    confidence: float
    hits: tuple[Hit, ...]


class Reader(Protocol):
    """Anything that reads passages for an answer. No hits give no spans and confidence 0."""

    def read(self, question: str, hits: Sequence[Hit]) -> Finding: ...


@dataclass(frozen=True, slots=True)
class SentenceReader:
    """Picks the sentences nearest to the question."""

    encoder: Encoder

    def read(self, question: str, hits: Sequence[Hit]) -> Finding:
        ranked = self.rank(question, hits)
        if not ranked:
            return Finding((), 0.0, tuple(hits))
        best = ranked[0].score
        spans = tuple(reading.span() for reading in ranked[:_MAX_SPANS] if reading.score >= _CLOSE * best)
        return Finding(spans, confidence(features(ranked)), tuple(hits))

    def rank(self, question: str, hits: Sequence[Hit]) -> list[SentenceReading]:
        """Every sentence of the best passages, best first."""
        places = [(hit, *span) for hit in hits[:_PASSAGES] for span in statements(hit.passage.text)]
        if not places:
            return []
        texts = [" ".join(hit.passage.text[start:end].split()) for hit, start, end in places]
        cosines = self.encoder.encode_document(texts) @ self.encoder.encode_query([question])[0]
        wanted = [_stem(word) for word in lexical.words(question)]
        read = [
            SentenceReading(hit, start, end, cosine, _share(wanted, text))
            for (hit, start, end), text, cosine in zip(places, texts, cosines.tolist(), strict=True)
        ]
        return sorted(read, key=lambda reading: (-reading.score, reading.hit.rank, reading.start))


@dataclass(frozen=True, slots=True)
class SentenceReading:
    """A sentence of a passage: its cosine with the question, and the share of the question's words that it holds."""

    hit: Hit
    start: int
    end: int
    cosine: float
    share: float

    @property
    def score(self) -> float:
        return self.cosine + 0.5 * self.share + 0.2 * self.hit.score

    def span(self) -> Span:
        start, end = self.hit.passage.start + self.start, self.hit.passage.start + self.end
        return Span(self.hit, start, end, start, end, self.score)


def features(ranked: Sequence[SentenceReading]) -> tuple[float, ...]:
    """What tells a right best sentence from a wrong one: cosine, word share, passage cosine, lead over the second."""
    best = ranked[0]
    lead = best.score - ranked[1].score if len(ranked) > 1 else best.score
    return best.cosine, best.share, best.hit.scores.dense, lead


def confidence(seen: Sequence[float]) -> float:
    """The probability that the best sentence is right, by logistic regression over `features`."""
    return 1 / (1 + exp(-_INTERCEPT - sum(weight * value for weight, value in zip(_WEIGHTS, seen, strict=True))))


def _share(wanted: Sequence[str], text: str) -> float:
    if not wanted:
        return 0.0
    found = {_stem(word) for word in _WORD.findall(text)}
    return sum(word in found for word in wanted) / len(wanted)


def _stem(word: str) -> str:
    """A word without its usual English endings: enough to compare a question's words with a sentence's."""
    word = word.casefold()
    for ending in ("ing", "ed", "es", "s", "e"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word
