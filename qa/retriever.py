"""From a question to the passages nearest to it: by meaning, by words, and by both together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from qa import lexical
from qa.errors import PinciteError
from qa.library import Library
from qa.record import Reading
from qa.types import Document, Hit, StageScores

MAX_QUESTION = 2000
"""Longest question, in characters: encoders read no further than about half of this."""

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
        question = checked_question(question)
        if not 1 <= k <= MAX_K:
            raise PinciteError(f"The number of passages must be between 1 and {MAX_K}, not {k}.")
        with self._library.reading() as reading:  # an empty library is told before the model is loaded
            self._library.index(reading)
        query = self._library.load_encoder().encode_query([question])[0]
        with self._library.reading() as reading:
            index = self._library.index(reading)
            pool = max(_POOL, k)
            dense = index.search(query, pool)
            words = lexical.search(reading.connection, question, pool)
            fused = fuse(dense, words)
            cosines = index.scores(query, list(fused))
            return _hits(reading, fused, cosines, dict(words), k)

    def missing(self, question: str) -> tuple[str, ...]:
        """The words of a question that no document contains."""
        with self._library.reading() as reading:
            return lexical.missing(reading.connection, question)


def checked_question(question: str) -> str:
    """A question as it is searched: stripped, and without characters that are no text."""
    text = question.encode("utf-8", "replace").decode("utf-8").replace("\0", " ").strip()
    if not text:
        raise PinciteError("The question is empty: ask something.")
    if len(text) > MAX_QUESTION:
        raise PinciteError(
            f"The question is {len(text):,} characters long, and the longest that can be asked is {MAX_QUESTION:,}: "
            "shorten it, or index the text and ask about it."
        )
    return text


def fuse(dense: Scored, words: Scored) -> dict[int, float]:
    """The mean of both lists' min-max normalised scores, for every passage in either.

    A passage that a list does not hold has 0 there, as its last one has. Scores are in 0..1.
    """
    first, second = _min_max(dense), _min_max(words)
    return {number: (first.get(number, 0.0) + second.get(number, 0.0)) / 2 for number in first | second}


def _min_max(scored: Scored) -> dict[int, float]:
    if not scored:
        return {}
    low, high = min(score for _, score in scored), max(score for _, score in scored)
    if low == high:
        return {number: 1.0 for number, _ in scored}
    return {number: (score - low) / (high - low) for number, score in scored}


def _hits(
    reading: Reading, fused: Mapping[int, float], cosines: Mapping[int, float], words: Mapping[int, float], k: int
) -> list[Hit]:
    # A passage that the record no longer knows is dropped: a removed document never answers.
    passages = reading.passages(list(fused))

    def order(number: int) -> tuple[float, str, int]:
        passage = passages[number]
        return -fused[number], passage.document_id, passage.start

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
