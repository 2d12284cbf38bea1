"""Reads the passages that were retrieved, all in one pass: the answer's span, the passages' order, the confidence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from embeddings import find_model
from qa import lexical
from qa.errors import explained
from qa.passages import sentences
from qa.reader.confidence import Confidence, answer_features, passage_features, sigmoid
from qa.reader.decoding import Candidate, candidates, merged
from qa.reader.finding import Finding, Span
from qa.reader.reading import Reading, agree, relation
from qa.reader.scoring import Scorer, load_scorer, scored
from qa.reader.several import asks_for_several, parts
from qa.reader.weights import FOLDER, fingerprint, load_confidence
from qa.reader.windows import tokenizer, windows
from qa.types import Hit

if TYPE_CHECKING:
    from tokenizers import Tokenizer

_LONGEST_QUOTE = 400
"""Characters of a quote beyond which ..."""
_SPEAKS = 4
"""... an answer of this many words speaks better for itself."""

_SUPPORT = 0.5
"""A further passage is cited, or contradicts, when the probability that it answers is at least this ..."""
_NEARLY = 0.7
"""... and at least this share of the best one's."""

_WEIGHED = 10
"""Passages whose answers the confidence looks at: as many as when it was fitted."""


class SpanReader:
    """The trained reader. Its weights are loaded at the first question; it may be asked from any thread."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._folder = folder

    @property
    def fingerprint(self) -> str:
        """Changes with anything that changes what this reader says. Raises PinciteError as `load` does."""
        return fingerprint(self._folder)

    def load(self) -> None:
        """Load the weights now. Raises PinciteError where they are missing or altered."""
        _ = self._scorer, self._tokens

    def read(self, question: str, hits: Sequence[Hit]) -> Finding:
        """The answer in `hits`. Raises PinciteError where the reader's files are missing or altered."""
        fitted = self._confidence
        if not hits:
            return Finding((), 0.0, ())
        words = lexical.words(question)
        found = self.readings(question, hits)
        scores = [fitted.passage.logit(passage_features(words, found, reading)) for reading in found]
        order = sorted(range(len(found)), key=lambda at: (-scores[at], *_place(found[at].hit)))
        ordered, scores = [found[at] for at in order], [scores[at] for at in order]
        reread = tuple(_reread(reading.hit, rank, score) for rank, (reading, score) in _ranked(ordered, scores))
        if not ordered[0].candidates:
            return Finding((), 0.0, reread)
        weighed = answer_features(words, ordered[:_WEIGHED], scores[:_WEIGHED])
        ordered = [replace(reading, hit=hit) for reading, hit in zip(ordered, reread, strict=True)]
        spans = (*_agreeing(ordered), *_further(question, ordered[0]))
        # Of a list each source may give another part: that is no contradiction.
        otherwise = () if asks_for_several(question) else _otherwise(ordered)
        return Finding(spans, fitted.answer.probability(weighed), reread, otherwise)

    def readings(self, question: str, hits: Sequence[Hit]) -> list[Reading]:
        """What the network says of each passage, in the order of `hits`."""
        self.load()
        passages = [hit.passage.text for hit in hits]
        spans: list[list[Candidate]] = [[] for _ in hits]
        whole = np.full((len(hits), 2), -np.inf)
        made = windows(self._tokens, question, passages)
        for window, (ends, weights) in zip(made, scored(self._scorer, made), strict=True):
            at = window.passage
            spans[at] += candidates(window, passages[at], ends[:, 0], ends[:, 1])
            whole[at] = np.maximum(whole[at], weights)
        return [
            Reading(hit, tuple(merged(own)), float(answerable), float(relevance))
            for hit, own, (answerable, relevance) in zip(hits, spans, whole, strict=True)
        ]

    @property
    def _scorer(self) -> Scorer:
        return load_scorer(self._folder)

    @cached_property
    def _tokens(self) -> Tokenizer:
        return tokenizer(explained(find_model).path)

    @cached_property
    def _confidence(self) -> Confidence:
        return Confidence.from_dict(load_confidence(self._folder))


def _ranked(ordered: Sequence[Reading], scores: Sequence[float]) -> enumerate[tuple[Reading, float]]:
    return enumerate(zip(ordered, scores, strict=True), start=1)


def _place(hit: Hit) -> tuple[str, int]:
    return hit.passage.document_id, hit.passage.start


def _reread(hit: Hit, rank: int, logit: float) -> Hit:
    """A hit in the reader's order, whose score is the probability that it answers."""
    score = sigmoid(logit)
    return replace(hit, rank=rank, score=score, scores=replace(hit.scores, reader=score))


def _agreeing(ordered: Sequence[Reading]) -> tuple[Span, ...]:
    """The best span, and the best spans of further passages that say the same."""
    best = ordered[0]
    same = [reading for reading in ordered[1:] if _counts(reading, best) and agree(best, reading)]
    return tuple(_span(reading, reading.candidates[0]) for reading in [best, *same])


def _further(question: str, best: Reading) -> Iterator[Span]:
    """The other parts of an answer that the best passage gives in several places."""
    for number, candidate in enumerate(parts(question, best)[1:], start=1):
        yield replace(_span(best, candidate), part=number)


def _otherwise(ordered: Sequence[Reading]) -> tuple[tuple[Span, ...], ...]:
    """What other documents say instead, spans that agree together."""
    best = ordered[0]
    counted = [reading for reading in ordered[1:] if _counts(reading, best)]
    # A document that says the same somewhere is no witness against it.
    same = {each.hit.passage.document_id for each in (best, *(each for each in counted if agree(best, each)))}
    groups: list[list[Reading]] = []
    for reading in counted:
        if reading.hit.passage.document_id in same or relation(best, reading) != "different":
            continue
        known = next((group for group in groups if agree(group[0], reading)), None)
        if known is None:
            groups.append([reading])
        else:
            known.append(reading)
    return tuple(tuple(_span(reading, reading.candidates[0]) for reading in group) for group in groups)


def _counts(reading: Reading, best: Reading) -> bool:
    return bool(reading.candidates) and reading.hit.score >= max(_SUPPORT, _NEARLY * best.hit.score)


def _span(reading: Reading, candidate: Candidate) -> Span:
    """A candidate in the offsets of its document, with the sentences that it stands in.

    Where those are too long to see the answer in, an answer of several words is its own quote.
    """
    passage = reading.hit.passage
    inside = [(start, end) for start, end in sentences(passage.text) if start < candidate.end and candidate.start < end]
    first = min([candidate.start, *(start for start, _ in inside)])
    last = max([candidate.end, *(end for _, end in inside)])
    if last - first > _LONGEST_QUOTE and len(reading.text(candidate).split()) >= _SPEAKS:
        first, last = candidate.start, candidate.end
    offset = passage.start
    return Span(
        reading.hit,
        offset + candidate.start,
        offset + candidate.end,
        offset + first,
        offset + last,
        candidate.margin,
    )
