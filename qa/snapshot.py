"""The searchable index of one store: loaded, caught up or built from the record, published beside it.

The index file is derived. A missing, damaged or foreign one is built again from the stored vectors, an older one
catches up with what has changed since; nothing is ever embedded again for it.
"""

from __future__ import annotations

import logging
import threading
from pathlib import Path

import numpy as np

from embeddings import KINDS, DamagedFileError, Kind, VectorIndex, kind_for
from qa.errors import PinciteError
from qa.record import Reading, StoreModel, rows_of
from qa.writing import Writing

_log = logging.getLogger(__name__)

_DRIFT = 20
"""The file is written again when more than one row in this many is not as it says; until then readers catch up."""


AUTO = "auto"
"""In the place of a kind: what fits the number of rows."""


class LiveIndex:
    """The current snapshot, swapped by one reference, so that a search under way keeps the one it began with."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "index" / "vectors.faiss"
        self._lock = threading.Lock()
        self._current: tuple[int, VectorIndex] | None = None
        self._of = ""
        self.file_is_good = False
        """Whether the file could be used, as it was or caught up; settled by the first `at`."""

    def at(self, reading: Reading, model: StoreModel) -> tuple[int, VectorIndex]:
        """A snapshot no older than `reading`, behind its generation."""
        generation, of = reading.generation, stamp(reading, model)
        current = self._current
        if current and self._of == of and current[0] >= generation:
            return current
        with self._lock:
            if self._of != of:  # another store was made in this folder
                self._current, self._of = None, of
            if self._current is None or self._current[0] < reading.pruned:
                self._current = self._from_file(reading, model)
            if self._current is None:
                self._current = (generation, built(reading, model))
            elif self._current[0] < generation:
                self._current = (generation, _caught_up(self._current, reading, model))
            return self._current

    def is_published(self, reading: Reading) -> bool:
        """Whether the file is there, of the kind that it should be, and so close that catching up costs little."""
        if not self.file_is_good or self._current is None or not self.path.is_file():
            return False
        index = self._current[1]
        return index.drift * _DRIFT <= len(index) and index.kind == wanted_kind(reading, len(index))

    def publish(self, writing: Writing, model: StoreModel) -> None:
        """Write the snapshot to its file and forget the removals that it no longer holds."""
        generation, index = self.at(writing, model)
        index = index.compacted(wanted_kind(writing, len(index)))
        index.save(self.path, generation=generation, model=stamp(writing, model))
        if index.kind != "exact":  # its rows need not stay in memory
            index, _ = VectorIndex.load(self.path, model=stamp(writing, model))
        with self._lock:
            self._current = (generation, index)
            self.file_is_good = True
        writing.forget_gone(generation)

    def _from_file(self, reading: Reading, model: StoreModel) -> tuple[int, VectorIndex] | None:
        """The index in the file, caught up; None where it is missing, damaged, or not this store's."""
        try:
            index, generation = VectorIndex.load(self.path, model=stamp(reading, model))
        except FileNotFoundError:
            return None
        except (DamagedFileError, OSError) as error:
            _log.warning("%s It is built again from the store.", error)
            return None
        if not reading.pruned <= generation <= reading.generation:
            return None
        try:
            current = reading.generation, _caught_up((generation, index), reading, model)
        except ValueError:  # a store put back from a backup can have given the same numbers to other passages
            return None
        self.file_is_good = len(current[1]) == reading.count("passage")
        return current if self.file_is_good else None


def stamp(reading: Reading, model: StoreModel) -> str:
    """What an index file must have been made from: this store, this model."""
    return f"{reading.identity} {model.fingerprint}"


def built(reading: Reading, model: StoreModel) -> VectorIndex:
    """The index over everything in the record."""
    rows = rows_of(reading, reading.changed_since(-1), model.dimension)
    count = reading.count("passage")
    return VectorIndex.gathered(rows, model.dimension, count, wanted_kind(reading, count))


def checked_kind(name: str) -> Kind:
    """Raises PinciteError where there is no such kind of index."""
    for kind in KINDS:
        if kind == name:
            return kind
    raise PinciteError(f"There is no index type {name}, only {', '.join((AUTO, *KINDS))}.")


def wanted_kind(reading: Reading, rows: int) -> Kind:
    """How so many rows are searched: as a person said, else as their number says."""
    kind = reading.index_kind
    return next((known for known in KINDS if known == kind), kind_for(rows))


def _caught_up(current: tuple[int, VectorIndex], reading: Reading, model: StoreModel) -> VectorIndex:
    generation, index = current
    new = list(rows_of(reading, reading.changed_since(generation), model.dimension))
    ids = [number for numbers, _ in new for number in numbers]
    rows = np.concatenate([np.zeros((0, model.dimension), dtype=np.float16), *(vectors for _, vectors in new)])
    return index.changed(ids, rows, reading.gone_since(generation))
