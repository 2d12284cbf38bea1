"""From a question to the passages nearest to it: by meaning, by words, and by both together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from qa import lexical
from qa.errors import PinciteError, explained
from qa.library import Library
from qa.question import checked
from qa.record import Reading
from qa.types import Citation, Document, Hit, Passage, StageScores

MAX_K = 1000

_POOL = 100
"""How many passages each half hands to the fusion, at least."""

Scored = Sequence[tuple[int, float]]

Stage = Literal["dense", "lexical", "fused"]
STAGES: tuple[Stage, ...] = get_args(Stage)
"""The orders that a search has: by meaning, by words, by both."""


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


class Retriever:
    """Finds passages in a library. Dense and lexical search always run both; `stage` decides whose order counts."""

    def __init__(self, library: Library, *, stage: Stage = "fused") -> None:
        if stage not in STAGES:
            raise PinciteError(f"There is no retriever {stage}, only {', '.join(STAGES)}.")
        self.library = library
        self.stage = stage

    def search(self, question: str, k: int = 10) -> list[Hit]:
        """The `k` best passages; ties by document, then by start.

        Raises PinciteError for a question that is empty or too long, a `k` outside 1..1000, and an empty library.
        """
        return list(self.stages(question, k).hits)

    def stages(self, question: str, k: int = 10) -> Search:
        """As `search`, with the ranking of every stage to a depth of 100, or `k` where that is more."""
        question = checked(question)
        if not 1 <= k <= MAX_K:
            raise PinciteError(f"The number of passages must be between 1 and {MAX_K}, not {k}.")
        with self.library.reading() as reading:  # an empty library is told before the model is loaded
            self.library.index(reading)
        encoder = self.library.load_encoder()
        query = explained(lambda: encoder.encode_query([question])[0])
        with self.library.reading() as reading:
            index = self.library.index(reading)
            pool = max(_POOL, k)
            dense = index.search(query, pool)
            words = lexical.search(reading.connection, question, pool)
            fused = fuse(dense, words)
            # A passage that the record no longer knows is dropped: a removed document never answers.
            passages = reading.passages(list(fused))
            cosines, bm25 = index.scores(query, list(fused)), dict(words)
            given: dict[Stage, Mapping[int, float]] = {"dense": dict(dense), "lexical": bm25, "fused": fused}
            orders = {stage: _order(passages, scores, cosines)[:pool] for stage, scores in given.items()}
            scale = {"dense": _min_max(dense), "lexical": _min_max(words), "fused": fused}[self.stage]
            best = orders[self.stage][:k]
            citations = _cite(reading, [passages[number] for number in best])
        hits = tuple(
            Hit(
                rank,
                scale[number],
                StageScores(cosines.get(number, 0.0), bm25.get(number, 0.0)),
                passages[number],
                citation,
            )
            for rank, (number, citation) in enumerate(zip(best, citations, strict=True), start=1)
        )
        rankings = {
            stage: tuple(Ranked(passages[number], given[stage][number]) for number in order)
            for stage, order in orders.items()
        }
        return Search(hits, rankings)

    def missing(self, question: str) -> tuple[str, ...]:
        """The words of a question that no document contains."""
        with self.library.reading() as reading:
            return lexical.missing(reading.connection, question)


def fuse(dense: Scored, words: Scored) -> dict[int, float]:
    """The mean of both lists' min-max normalised scores, for every passage in either.

    The first 100 of each list make the scale, whatever number of passages is asked for: what is behind them, or not in
    a list, has 0 there. Scores are in 0..1.
    """
    first, second = _min_max(dense), _min_max(words)
    return {number: (first.get(number, 0.0) + second.get(number, 0.0)) / 2 for number in first | second}


def _min_max(scored: Scored) -> dict[int, float]:
    scale = [score for _, score in scored[:_POOL]]
    if not scale:
        return {}
    low, high = min(scale), max(scale)
    if low == high:
        return {number: float(score == high) for number, score in scored}
    return {number: max(0.0, (score - low) / (high - low)) for number, score in scored}


def _order(passages: Mapping[int, Passage], scores: Mapping[int, float], cosines: Mapping[int, float]) -> list[int]:
    """Passage numbers by score; where it is 0, nearest by meaning first."""

    def key(number: int) -> tuple[float, float, str, int]:
        passage = passages[number]
        behind = 0.0 if scores[number] else -cosines.get(number, 0.0)
        return -scores[number], behind, passage.document_id, passage.start

    return sorted(scores.keys() & passages.keys(), key=key)


def _cite(reading: Reading, passages: Sequence[Passage]) -> list[Citation]:
    """The citation of each whole passage."""
    documents: dict[str, Document] = {}
    citations = []
    for passage in passages:
        document = documents.get(passage.document_id) or reading.document(passage.document_id)
        if document is None or document.text[passage.start : passage.end] != passage.text:
            raise PinciteError(
                f"A passage of the document {passage.document_id} is not what its text says: the store is damaged. "
                "Run pincite check."
            )
        documents[passage.document_id] = document
        citations.append(document.cite(passage.start, passage.end))
    return citations
