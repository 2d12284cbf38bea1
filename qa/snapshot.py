"""The searchable index of one store: loaded, caught up or built from the record, published beside it.

The index file is derived. A missing, damaged or foreign one is built again from the stored vectors, an older one
catches up with what has changed since; nothing is ever embedded again for it.
"""

from __future__ import annotations

import logging
import threading
from pathlib import Path

from embeddings import DamagedFileError, VectorIndex
from qa.record import Reading, StoreModel, Writing, rows_of

_log = logging.getLogger(__name__)

_DRIFT = 20
"""The file is written again when more than one row in this many is not as it says; until then readers catch up."""


class LiveIndex:
    """The current snapshot, swapped by one reference, so that a search under way keeps the one it began with."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "index" / "vectors.faiss"
        self._lock = threading.Lock()
        self._current: tuple[int, VectorIndex] | None = None
        self._of = ""
        self.file_is_good = False
        """Whether the file could be used, as it was or caught up; settled by the first `at`."""

    def at(self, reading: Reading, model: StoreModel) -> VectorIndex:
        """A snapshot no older than `reading`."""
        generation, of = reading.generation, stamp(reading, model)
        current = self._current
        if current and self._of == of and current[0] >= generation:
            return current[1]
        with self._lock:
            if self._of != of:  # another store was made in this folder
                self._current, self._of = None, of
            if self._current is None or self._current[0] < reading.pruned:
                self._current = self._from_file(reading, model)
            if self._current is None:
                self._current = (generation, built(reading, model))
            elif self._current[0] < generation:
                self._current = (generation, _caught_up(self._current, reading, model))
            return self._current[1]

    @property
    def is_published(self) -> bool:
        """Whether the file is there and so close to the snapshot that catching up costs little."""
        return (
            self.file_is_good
            and self._current is not None
            and (self._current[1].drift * _DRIFT <= len(self._current[1]))
        )

    def publish(self, writing: Writing, model: StoreModel) -> None:
        """Write the snapshot to its file and forget the removals that it no longer holds."""
        generation, index = writing.generation, self.at(writing, model).compacted()
        index.save(self.path, generation=generation, model=stamp(writing, model))
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
    return VectorIndex.gathered(rows_of(reading, reading.changed_since(-1), model.dimension), model.dimension)


def _caught_up(current: tuple[int, VectorIndex], reading: Reading, model: StoreModel) -> VectorIndex:
    generation, index = current
    new = VectorIndex.gathered(rows_of(reading, reading.changed_since(generation), model.dimension), model.dimension)
    return index.changed(new.base.ids, new.base.stored(), reading.gone_since(generation))
