"""From a question to the passages nearest to it: by meaning, by words, and by both together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from qa import lexical
from qa.errors import PinciteError, explained
from qa.library import Library
from qa.question import checked
from qa.record import Reading
from qa.types import Document, Hit, StageScores

MAX_K = 1000

_POOL = 100
"""How many passages each half hands to the fusion, at least."""

Scored = Sequence[tuple[int, float]]


class Retriever:
    """Finds passages in a library. Dense and lexical search always run both."""

    def __init__(self, library: Library) -> None:
        self._library = library

    def search(self, question: str, k: int = 10) -> list[Hit]:
        """The `k` best passages in fused order; ties by document, then by start.

        Raises PinciteError for a question that is empty or too long, a `k` outside 1..1000, and an empty library.
        """
        question = checked(question)
        if not 1 <= k <= MAX_K:
            raise PinciteError(f"The number of passages must be between 1 and {MAX_K}, not {k}.")
        with self._library.reading() as reading:  # an empty library is told before the model is loaded
            self._library.index(reading)
        encoder = self._library.load_encoder()
        query = explained(lambda: encoder.encode_query([question])[0])
        with self._library.reading() as reading:
            index = self._library.index(reading)
            pool = max(_POOL, k)
            dense = index.search(query, pool)
            words = lexical.search(reading.connection, question, pool)
            fused = fuse(dense, words)
            return _hits(reading, fused, index.scores(query, list(fused)), dict(words), k)

    def missing(self, question: str) -> tuple[str, ...]:
        """The words of a question that no document contains."""
        with self._library.reading() as reading:
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


def _hits(
    reading: Reading, fused: Mapping[int, float], cosines: Mapping[int, float], words: Mapping[int, float], k: int
) -> list[Hit]:
    """The `k` best of what was fused; where the fused score is 0, nearest by meaning first."""
    # A passage that the record no longer knows is dropped: a removed document never answers.
    passages = reading.passages(list(fused))

    def order(number: int) -> tuple[float, float, str, int]:
        passage = passages[number]
        behind = 0.0 if fused[number] else -cosines.get(number, 0.0)
        return -fused[number], behind, passage.document_id, passage.start

    documents: dict[str, Document] = {}
    hits = []
    for rank, number in enumerate(sorted(passages, key=order)[:k], start=1):
        passage = passages[number]
        document = documents.get(passage.document_id) or reading.document(passage.document_id)
        if document is None or document.text[passage.start : passage.end] != passage.text:
            raise PinciteError(
                f"A passage of the document {passage.document_id} is not what its text says: the store is damaged. "
                "Run pincite check."
            )
        documents[passage.document_id] = document
        scores = StageScores(cosines.get(number, 0.0), words.get(number, 0.0))
        hits.append(Hit(rank, fused[number], scores, passage, document.cite(passage.start, passage.end)))
    return hits
