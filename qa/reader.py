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
from qa.passages import sentences
from qa.types import Hit

_PASSAGES = 5
"""How many of the best passages are read."""

_MAX_SPANS = 3
_CLOSE = 0.92
"""A further sentence is given when its score is at least this share of the best one's."""

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
    """The spans that answer a question, best first, and the probability that the best one is right."""

    spans: tuple[Span, ...]
    confidence: float


class Reader(Protocol):
    """Anything that reads passages for an answer. No hits give no spans and confidence 0."""

    def read(self, question: str, hits: Sequence[Hit]) -> Finding: ...


@dataclass(frozen=True, slots=True)
class SentenceReader:
    """Picks the sentences nearest to the question."""

    encoder: Encoder

    def read(self, question: str, hits: Sequence[Hit]) -> Finding:
        places = [(hit, *span) for hit in hits[:_PASSAGES] for span in sentences(hit.passage.text)]
        if not places:
            return Finding((), 0.0)
        texts = [" ".join(hit.passage.text[start:end].split()) for hit, start, end in places]
        cosines = self.encoder.encode_document(texts) @ self.encoder.encode_query([question])[0]
        wanted = [_stem(word) for word in lexical.words(question)]
        scored = []
        for (hit, start, end), text, cosine in zip(places, texts, cosines.tolist(), strict=True):
            score = sentence_score(cosine, _share(wanted, text), hit.score)
            offset = hit.passage.start
            scored.append(Span(hit, offset + start, offset + end, offset + start, offset + end, score))
        scored.sort(key=lambda span: (-span.score, span.hit.rank, span.start))
        best = scored[0]
        spans = tuple(span for span in scored[:_MAX_SPANS] if span.score >= _CLOSE * best.score)
        passage_share = _share(wanted, best.hit.passage.text)
        return Finding(spans, confidence(best.score, passage_share, best.hit.scores.dense))


def sentence_score(cosine: float, share: float, passage_score: float) -> float:
    """How well a sentence fits a question: cosine, share of the question's words it holds, its passage's score."""
    return cosine + 0.3 * share + 0.2 * passage_score


def confidence(score: float, share: float, dense: float) -> float:
    """The probability that the best sentence answers."""
    return 1 / (1 + exp(-(score + share + dense)))


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
