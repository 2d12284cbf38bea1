"""What is derived from the record to search it: the vector index, and the word index where there is much to search."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from embeddings import VectorIndex
from qa import lexical
from qa.fusion import highest
from qa.record import Reading, StoreModel
from qa.snapshot import LiveIndex
from qa.words import WordIndex, Words
from qa.writing import Writing

_log = logging.getLogger(__name__)

Numbers = NDArray[np.int64]

_MANY = 5_000
"""Passages from which words have an index of their own: the record's takes a millisecond then, and grows with them."""


class Derived:
    """The indexes of one store; any of their files may be deleted at any moment."""

    def __init__(self, folder: Path) -> None:
        self._vectors = LiveIndex(folder)
        self._words = WordIndex(folder / "index" / "words")

    @property
    def path(self) -> Path:
        """The file of the vector index."""
        return self._vectors.path

    def vectors(self, reading: Reading, model: StoreModel) -> tuple[int, VectorIndex]:
        """As `LiveIndex.at`."""
        return self._vectors.at(reading, model)

    def find_words(self, reading: Reading, question: str, k: int, among: Numbers | None) -> Sequence[tuple[int, float]]:
        """As `lexical.search`, from the word index where there is one that is whole and up to date."""
        words = self._words_at(reading)
        if words:
            try:
                return words.search(lexical.words(question), k, among, context=lexical.CONTEXT)
            except OSError as error:
                _log.warning("%s Words are searched in the record itself.", error)
        return lexical.search(reading.connection, question, k, among)

    def highest(self, reading: Reading, question: str) -> float:
        """The BM25 score that no passage can exceed for this question."""
        wanted = lexical.words(question)
        words = self._words_at(reading)
        if words:
            try:
                return highest({word: words.frequency(word) for word in wanted}, len(words))
            except OSError as error:
                _log.warning("%s Words are looked up in the record itself.", error)
        frequencies = {word: lexical.frequency(reading.connection, word) for word in wanted}
        return highest(frequencies, reading.count("passage"))

    def matched(self, reading: Reading, question: str, numbers: Sequence[int]) -> dict[int, tuple[str, ...]]:
        """Of passages the words of a question that stand in them, or in their title or the headings above them."""
        wanted = lexical.words(question)
        if words := self._words_at(reading):
            return {
                number: words.shared(wanted, f"{text}\n{context}")
                for number, text, context in reading.words_of(numbers)
            }
        return lexical.matched(reading.connection, wanted, numbers)

    def missing(self, reading: Reading, question: str) -> tuple[str, ...]:
        """As `lexical.missing`, from the word index where that is what found the passages."""
        words = self._words_at(reading)
        if words:
            try:
                return tuple(word for word in lexical.subjects(question) if not words.frequency(word))
            except OSError as error:
                _log.warning("%s Words are looked up in the record itself.", error)
        return lexical.missing(reading.connection, question)

    def _words_at(self, reading: Reading) -> Words | None:
        """The word index of the very state that is read: a later one lacks what was removed since."""
        generation = reading.generation
        words = self._words.at(reading.identity, generation)
        return words if words is not None and words.generation == generation else None

    def words_note(self, reading: Reading) -> str:
        """Why words are searched in the record although there is a word index; nothing where they are not."""
        if not self._words.path.exists():
            return ""
        words = self._words_at(reading)
        if words is None:
            return "the word index is damaged or older than the store: words are searched in the record"
        if len(words) != reading.count("passage"):
            return "the word index does not hold the store's passages: delete its folder, it is written again"
        return ""

    def publish(self, writing: Writing, model: StoreModel) -> None:
        """Bring the files in step with the record. What cannot be written only costs time, and is said in the log."""
        try:
            self._publish_words(writing)
        except OSError as error:
            _log.warning("%s Words are searched in the record itself until then.", error)
        self._vectors.at(writing, model)
        if self._vectors.is_published(writing):
            return
        try:
            self._vectors.publish(writing, model)
        except OSError as error:
            _log.warning("The index file could not be written (%s). It is built from the store until then.", error)

    def _publish_words(self, writing: Writing) -> None:
        if writing.count("passage") < _MANY:
            if self._words.folder.exists():
                shutil.rmtree(self._words.folder)
            return
        since = self._words.known(writing.identity)
        if since is not None and not writing.pruned <= since <= writing.generation:
            since = None
        if since != writing.generation:
            rows = writing.words_since(-1 if since is None else since)
            removed = [] if since is None else writing.gone_since(since)
            self._words.write(writing.identity, writing.generation, rows, removed, since)
