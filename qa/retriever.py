"""From a question to the passages nearest to it: by meaning, by words, and by both together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

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
    """What the stages gave for a question: scores and orders of passage numbers, and the cosine of each of them."""

    question: str
    scores: Mapping[Stage, Mapping[int, float]]
    orders: Mapping[Stage, Sequence[int]]
    cosines: Mapping[int, float]


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
        return [self._hits(reading, found, k) for reading, found in self._found(questions, k, only)]

    def stages(self, question: str, k: int = 10, only: Filter = ALL) -> Search:
        """As `search`, with the ranking of every stage to a depth of 100, or `k` where that is more."""
        for reading, found in self._found([question], k, only):
            return Search(tuple(self._hits(reading, found, k)), _rankings(reading, found))
        raise AssertionError("one question has one result")

    def _found(self, questions: Sequence[str], k: int, only: Filter) -> Iterator[tuple[Reading, _Found]]:
        asked = [checked(question) for question in questions]
        if not 1 <= k <= MAX_K:
            raise PinciteError(f"The number of passages must be between 1 and {MAX_K}, not {k}.")
        if not asked:
            return
        with self.library.reading() as reading:  # an empty library is told before the model is loaded
            self.library.index(reading)
        encoder = self.library.load_encoder()
        queries = explained(lambda: encoder.encode_query(asked))
        with self.library.reading() as reading:
            among = self.library.numbers(reading, only)
            for question, query in zip(asked, queries, strict=True):
                yield reading, self._find(reading, question, query, max(_POOL, k), among)

    def _find(self, reading: Reading, question: str, query: Vectors, pool: int, among: Numbers | None) -> _Found:
        index = self.library.index(reading)
        dense = dict(index.search(query, pool, among))
        words = dict(self.library.find_words(reading, question, pool, among))
        cosines = index.scores(query, list(dense | words))
        fused = fuse(cosines, words, self.library.highest(reading, question))
        # A passage that the record no longer knows is dropped: a removed document never answers.
        places = reading.places(list(fused))
        scores: dict[Stage, Mapping[int, float]] = {"dense": dense, "lexical": words, "fused": fused}
        orders = {stage: _order(places, given, cosines)[:pool] for stage, given in scores.items()}
        return _Found(question, scores, orders, cosines)

    def _hits(self, reading: Reading, found: _Found, k: int) -> list[Hit]:
        order, cite = found.orders[self.stage], _Citing(reading)
        groups = grouped(_texts(reading, order, k), k)
        passages = reading.passages([number for group in groups for number in group])
        scale = found.scores["fused"] if self.stage == "fused" else _min_max(found.scores[self.stage])
        ranks = {stage: _ranks(found.orders[stage], found.scores[stage]) for stage in _HALVES}
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
                cite(passages[number]),
                matched[number],
                duplicates=tuple(cite(passages[other]) for other in others),
            )
            for rank, (number, *others) in enumerate(groups, start=1)
        ]

    def missing(self, question: str) -> tuple[str, ...]:
        """The words of a question that no document contains."""
        with self.library.reading() as reading:
            return self.library.missing_words(reading, question)


def _rankings(reading: Reading, found: _Found) -> dict[Stage, tuple[Ranked, ...]]:
    passages = reading.passages(list(found.scores["fused"]))
    return {
        stage: tuple(Ranked(passages[number], found.scores[stage][number]) for number in order)
        for stage, order in found.orders.items()
    }


def _texts(reading: Reading, order: Sequence[int], k: int) -> Iterator[tuple[int, str]]:
    """The texts of passages in order, read as far as they are looked at."""
    for start in range(0, len(order), 2 * k):
        part = order[start : start + 2 * k]
        passages = reading.passages(part)
        yield from ((number, passages[number].text) for number in part)


def _min_max(scores: Mapping[int, float]) -> dict[int, float]:
    """Scores as shares of the way from the hundredth to the first."""
    scale = sorted(scores.values(), reverse=True)[:_POOL]
    if not scale:
        return {}
    low, high = scale[-1], scale[0]
    if low == high:
        return {number: float(score == high) for number, score in scores.items()}
    return {number: max(0.0, (score - low) / (high - low)) for number, score in scores.items()}


def _order(
    places: Mapping[int, tuple[str, int]], scores: Mapping[int, float], cosines: Mapping[int, float]
) -> list[int]:
    """Passage numbers by score; where it is 0, nearest by meaning first; ties by document, then by start."""

    def key(number: int) -> tuple[float, float, str, int]:
        behind = 0.0 if scores[number] else -cosines.get(number, 0.0)
        return -scores[number], behind, *places[number]

    return sorted(scores.keys() & places.keys(), key=key)


def _ranks(order: Sequence[int], scores: Mapping[int, float]) -> dict[int, int]:
    """The rank of each passage, from 1; those with the same score share the first of theirs."""
    ranks: dict[int, int] = {}
    for rank, number in enumerate(order, start=1):
        before = order[rank - 2] if rank > 1 else None
        ranks[number] = ranks[before] if before is not None and scores[before] == scores[number] else rank
    return ranks


class _Citing:
    """Cites whole passages; each document is read once."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._documents: dict[str, Document] = {}

    def __call__(self, passage: Passage) -> Citation:
        document = self._documents.get(passage.document_id) or self._reading.document(passage.document_id)
        if document is None or document.text[passage.start : passage.end] != passage.text:
            raise PinciteError(
                f"A passage of the document {passage.document_id} is not what its text says: the store is damaged. "
                "Run pincite check."
            )
        self._documents[passage.document_id] = document
        return document.cite(passage.start, passage.end)
