"""From a question to the passages nearest to it: by meaning, by words, and by both together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from embeddings import VectorIndex
from qa.duplicates import grouped
from qa.errors import PinciteError, explained
from qa.filters import ALL, Filter
from qa.fusion import fuse
from qa.library import Library
from qa.question import checked
from qa.record import Reading
from qa.types import Citation, Document, Hit, Passage, StageScores

MAX_K = 1000

_POOL = 100
"""How many passages each half hands to the fusion, at least."""

_DEEPEST = 20_000
"""How many it hands on at most, where passages that say the same fill the first places."""

_SPARE = 4
"""Passages read beyond those wanted at first: some are near-duplicates of others."""

Numbers = NDArray[np.int64]
Vectors = NDArray[np.float32]

Stage = Literal["dense", "lexical", "fused"]
STAGES: tuple[Stage, ...] = get_args(Stage)
"""The orders that a search has: by meaning, by words, by both."""

_HALVES: tuple[Stage, Stage] = ("dense", "lexical")


@dataclass(frozen=True, slots=True)
class Ranked:
    """A passage in the order of one stage, with that stage's score."""

    passage: Passage
    score: float


@dataclass(frozen=True, slots=True)
class Search:
    """What a search gave: the best passages with their citations, and the first ones of every stage."""

    hits: tuple[Hit, ...]
    rankings: Mapping[Stage, tuple[Ranked, ...]]


@dataclass(frozen=True, slots=True)
class _Found:
    """What the stages gave for a question: their scores by passage number, the cosine of each, and how many were asked
    of each half."""

    question: str
    scores: Mapping[Stage, Mapping[int, float]]
    cosines: Mapping[int, float]
    pool: int


class Retriever:
    """Finds passages in a library. Dense and lexical search always run both; `stage` decides whose order counts."""

    def __init__(self, library: Library, *, stage: Stage = "fused") -> None:
        if stage not in STAGES:
            raise PinciteError(f"There is no retriever {stage}, only {', '.join(STAGES)}.")
        self.library = library
        self.stage = stage

    def search(self, question: str, k: int = 10, only: Filter = ALL) -> list[Hit]:
        """The `k` best passages in the documents that `only` lets through; ties by document, then by start.

        Near-duplicates share one hit. Raises PinciteError for a question that is empty or too long, a `k` outside
        1..1000, an empty library, and a name or tag in `only` that stands for nothing.
        """
        return self.search_many([question], k, only)[0]

    def search_many(self, questions: Sequence[str], k: int = 10, only: Filter = ALL) -> list[list[Hit]]:
        """As `search`, for many questions at once and from one state of the library."""
        if isinstance(questions, str):
            raise PinciteError("search_many takes a list of questions: give one question to search.")
        return [hits for _, _, hits in self._searched(questions, k, only)]

    def stages(self, question: str, k: int = 10, only: Filter = ALL) -> Search:
        """As `search`, with the ranking of every stage to a depth of 100, or `k` where that is more."""
        for reading, found, hits in self._searched([question], k, only):
            return Search(tuple(hits), _rankings(reading, found))
        raise AssertionError("one question has one result")

    def _searched(self, questions: Sequence[str], k: int, only: Filter) -> Iterator[tuple[Reading, _Found, list[Hit]]]:
        asked = [checked(question) for question in questions]
        if not 1 <= k <= MAX_K:
            raise PinciteError(f"The number of passages must be between 1 and {MAX_K}, not {k}.")
        if not asked:
            return
        with self.library.reading() as reading:  # an empty library is told before the model is loaded
            self.library.index(reading)
        encoder = self.library.load_encoder()
        queries = explained(lambda: encoder.encode_query(asked))
        with self.library.searching() as (reading, index):
            among = self.library.numbers(reading, only)
            for question, query in zip(asked, queries, strict=True):
                pool = max(_POOL, k)
                found = self._find(reading, index, question, query, pool, among)
                hits = self._hits(reading, found, k)
                # Near-duplicates share a hit: where they fill the pool, there is more below it.
                while len(hits) < k and len(found.scores["dense"]) == pool < _DEEPEST:
                    pool *= 4
                    found = self._find(reading, index, question, query, pool, among)
                    hits = self._hits(reading, found, k)
                yield reading, found, hits

    def _find(
        self, reading: Reading, index: VectorIndex, question: str, query: Vectors, pool: int, among: Numbers | None
    ) -> _Found:
        dense = dict(index.search(query, pool, among))
        words = dict(self.library.find_words(reading, question, pool, among))
        # A passage whose vector is damaged is found by its words.
        near = index.scores(query, [number for number in words if number not in dense])
        cosines = dict.fromkeys(words, 0.0) | dense | near
        fused = fuse(cosines, words, self.library.highest(reading, question))
        return _Found(question, {"dense": dense, "lexical": words, "fused": fused}, cosines, pool)

    def _hits(self, reading: Reading, found: _Found, k: int) -> list[Hit]:
        passages: dict[int, Passage] = {}

        def texts() -> Iterator[tuple[int, str]]:
            for number, passage in _in_order(reading, found, self.stage, k + _SPARE):
                passages[number] = passage
                yield number, passage.text

        groups = grouped(texts(), k)
        cited = {number: passages[number] for group in groups for number in group}
        documents = reading.documents({passage.document_id for passage in cited.values()})
        citations = {number: _cited(documents.get(passage.document_id), passage) for number, passage in cited.items()}
        scale = found.scores["fused"] if self.stage == "fused" else _min_max(found.scores[self.stage])
        ranks = {stage: _ranks(found.scores[stage]) for stage in _HALVES}
        matched = self.library.matched_words(reading, found.question, [number for number, *_ in groups])
        return [
            Hit(
                rank,
                scale[number],
                StageScores(
                    found.cosines.get(number, 0.0),
                    found.scores["lexical"].get(number, 0.0),
                    dense_rank=ranks["dense"].get(number),
                    lexical_rank=ranks["lexical"].get(number),
                ),
                passages[number],
                citations[number],
                matched[number],
                duplicates=tuple(citations[other] for other in others),
            )
            for rank, (number, *others) in enumerate(groups, start=1)
        ]

    def missing(self, question: str) -> tuple[str, ...]:
        """The words of a question that no document contains."""
        with self.library.reading() as reading:
            return self.library.missing_words(reading, question)


def _rankings(reading: Reading, found: _Found) -> dict[Stage, tuple[Ranked, ...]]:
    return {
        stage: tuple(
            Ranked(passage, scores[number])
            for number, passage in islice(_in_order(reading, found, stage, len(scores)), found.pool)
        )
        for stage, scores in found.scores.items()
    }


def _in_order(reading: Reading, found: _Found, stage: Stage, size: int) -> Iterator[tuple[int, Passage]]:
    """Passages by the score of a stage; where it is 0, nearest by meaning first; ties by document, then by start.

    They are read some at a time: in a large store each may be another page of the disk. A passage that the record no
    longer knows is dropped: a removed document never answers.
    """
    scores = found.scores[stage]

    def far(number: int) -> tuple[float, float]:
        return -scores[number], 0.0 if scores[number] else -found.cosines.get(number, 0.0)

    order = sorted(scores, key=far)
    start = 0
    while start < len(order):
        end = min(start + size, len(order))
        while end < len(order) and far(order[end]) == far(order[end - 1]):
            end += 1
        passages = reading.passages(order[start:end])
        yield from sorted(passages.items(), key=lambda each: (*far(each[0]), each[1].document_id, each[1].start))
        start = end


def _min_max(scores: Mapping[int, float]) -> dict[int, float]:
    """Scores as shares of the way from the hundredth to the first."""
    scale = sorted(scores.values(), reverse=True)[:_POOL]
    if not scale:
        return {}
    low, high = scale[-1], scale[0]
    if low == high:
        return {number: float(score == high) for number, score in scores.items()}
    return {number: max(0.0, (score - low) / (high - low)) for number, score in scores.items()}


def _ranks(scores: Mapping[int, float]) -> dict[int, int]:
    """The rank of each passage, from 1; those with the same score share the first of theirs."""
    ranks: dict[float, int] = {}
    for rank, score in enumerate(sorted(scores.values(), reverse=True), start=1):
        ranks.setdefault(score, rank)
    return {number: ranks[score] for number, score in scores.items()}


def _cited(document: Document | None, passage: Passage) -> Citation:
    if document is None or document.text[passage.start : passage.end] != passage.text:
        raise PinciteError(
            f"A passage of the document {passage.document_id} is not what its text says: the store is damaged. "
            "Run pincite check."
        )
    return document.cite(passage.start, passage.end)
